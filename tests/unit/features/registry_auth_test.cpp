#include "features/registry_auth.hpp"

#include "features/registry_state.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace fairlead {
namespace {

// DIST-018
TEST(AuthChallenge, IsRead) {
  const auto bearer = parse_challenge(
      R"(Bearer realm="https://a.test/token",service="x \"y\"",scope="repository:a/b:pull,push")");
  ASSERT_TRUE(bearer);
  EXPECT_EQ(bearer->scheme, "bearer");
  EXPECT_EQ(bearer->parameters.at("realm"), "https://a.test/token");
  EXPECT_EQ(bearer->parameters.at("service"), "x \"y\"");
  EXPECT_EQ(bearer->parameters.at("scope"), "repository:a/b:pull,push");
  EXPECT_EQ(parse_challenge("BASIC Realm=plain")->parameters.at("realm"), "plain");
  // Several at once: the token is the better one.
  EXPECT_EQ(parse_challenge(R"(Basic realm="a", Negotiate, Bearer realm="b",service=c)")->scheme,
            "bearer");
  for (const auto* other : {"", "Negotiate", "=", "\"", "Digest realm=\"x\"", ",,,", "a=b"}) {
    EXPECT_FALSE(parse_challenge(other)) << other;
  }
}

// SEC-008
TEST(AuthChallenge, IsAnsweredToWhoMayKnow) {
  const auto may = [](const char* registry, const char* realm, const AuthPolicy& policy = {}) {
    return is_trusted_realm(parse_http_url(registry), parse_http_url(realm), policy);
  };
  EXPECT_TRUE(may("https://r.test", "https://r.test/token"));
  EXPECT_TRUE(may("https://registry.example.test", "https://example.test/jwt"));
  EXPECT_TRUE(may("https://registry.gitlab.com", "https://gitlab.com/jwt/auth"));
  EXPECT_TRUE(may("https://registry-1.docker.io", "https://auth.docker.io/token"));
  EXPECT_TRUE(may("http://localhost:5000", "http://localhost:5000/token"));
  EXPECT_FALSE(may("https://r.test", "https://r.test:8443/token"));
  EXPECT_FALSE(may("https://r.test", "http://r.test/token"));
  EXPECT_FALSE(may("https://r.example.test", "https://evil.test/token"));
  EXPECT_FALSE(may("https://r.test", "https://test/token"));
  EXPECT_FALSE(may("https://example.test", "https://r.example.test/token"));
  EXPECT_FALSE(may("https://1.0.0.1", "https://0.0.1/token"));
  const AuthPolicy listed{.trusted_hosts = {"r.test:443 = t.test:8443", "r.test=u.test"}};
  EXPECT_TRUE(may("https://r.test", "https://t.test:8443/", listed));
  EXPECT_TRUE(may("https://r.test", "https://u.test/", listed));
  EXPECT_FALSE(may("https://s.test", "https://u.test/", listed));
  EXPECT_FALSE(may("https://r.test", "http://u.test/", listed));
  EXPECT_TRUE(
      may("https://r.test", "https://evil.test/", {.trusted_hosts = {}, .trust_all = true}));
}

TEST(Mirrors, TheLongestNameWins) {
  const OciReference git{"ghcr.io", "devcontainers/features/git", "1", {}};
  const auto at = [&](const std::vector<std::string>& mirrors) {
    return mirrored(git, mirrors).text();
  };
  EXPECT_EQ(at({}), git.text());
  EXPECT_EQ(at({"ghcr.io=m.test"}), "m.test/devcontainers/features/git:1");
  EXPECT_EQ(at({"ghcr.io/devcontainers/features=M.test/x", "ghcr.io=y.test"}), "m.test/x/git:1");
  EXPECT_EQ(at({"ghcr.io/devcontainers/feat=m.test"}), git.text());
  EXPECT_EQ(at({"ghcr.io/devcontainers/features/git = localhost:5000/own"}),
            "localhost:5000/own:1");
  EXPECT_THROW(at({"ghcr.io"}), Error);
  EXPECT_THROW(at({"ghcr.io=https://m.test"}), Error);
}

class Credentials : public ::testing::Test {
 protected:
  Credentials() {
    folder_ =
        std::filesystem::temp_directory_path() / ("fl-credentials-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    environment_ = {{"DOCKER_CONFIG", folder_.string()}};
  }
  ~Credentials() override { std::filesystem::remove_all(folder_); }

  void configure(const std::string& json) { std::ofstream(folder_ / "config.json") << json; }

  /// "user:password", "token:…", "" for none; "helper:<name>" asks.
  std::string found(const std::string& registry) {
    const auto result =
        find_credentials(environment_, registry,
                         [this](const std::string& name, const std::string&, std::stop_token) {
                           asked_ += name + ';';
                           return answer_;
                         },
                         {});
    if (!result) return {};
    if (!result->identity_token.empty()) return "token:" + result->identity_token;
    return result->username + ':' + result->password;
  }

  std::filesystem::path folder_;
  Environment environment_;
  std::string asked_;
  std::optional<std::string> answer_;
};

// DIST-019
TEST_F(Credentials, ComeFromTheDockerConfiguration) {
  configure(R"({"auths": {"r.test": {"auth": "YWxpY2U6czM6Y3JldA=="},
                          "t.test": {"identitytoken": "abc", "auth": "x"},
                          "odd.test": {"auth": 1}, "odder.test": []}})");
  EXPECT_EQ(found("r.test"), "alice:s3:cret");
  EXPECT_EQ(found("t.test"), "token:abc");
  EXPECT_EQ(found("odd.test"), "");
  EXPECT_EQ(found("odder.test"), "");
  EXPECT_EQ(found("other.test"), "");
  configure("not json");
  EXPECT_EQ(found("r.test"), "");
}

TEST_F(Credentials, ComeFromHelpers) {
  configure(R"({"credHelpers": {"r.test": "own"}, "credsStore": "store",
                "auths": {"r.test": {"auth": "YTpi"}}})");
  EXPECT_EQ(found("r.test"), "a:b");  // the helper had none
  EXPECT_EQ(asked_, "own;");
  answer_ = R"({"Username": "u", "Secret": "s"})";
  EXPECT_EQ(found("r.test"), "u:s");
  EXPECT_EQ(found("other.test"), "u:s");
  EXPECT_EQ(asked_, "own;own;store;");
  answer_ = R"({"Username": "<token>", "Secret": "s"})";
  EXPECT_EQ(found("r.test"), "token:s");
  answer_ = "credentials not found";
  EXPECT_EQ(found("other.test"), "");
}

TEST_F(Credentials, ComeFromVariables) {
  environment_["DEVCONTAINERS_OCI_AUTH"] = "x.test|a|b,r.test|alice|s3cret";
  configure(R"({"auths": {"r.test": {"auth": "YTpi"}}})");
  EXPECT_EQ(found("r.test"), "alice:s3cret");
  environment_["GITHUB_TOKEN"] = "gh";
  EXPECT_EQ(found("ghcr.io"), "USERNAME:gh");
  EXPECT_EQ(found("other.test"), "");
  environment_["GITHUB_HOST"] = "github.com";
  EXPECT_EQ(found("ghcr.io"), "USERNAME:gh");
  environment_["GITHUB_HOST"] = "github.example.test";
  EXPECT_EQ(found("ghcr.io"), "");
}

TEST(Base64, IsItsOwnInverse) {
  for (const std::string text : {"", "a", "ab", "abc", "alice:s3cret"}) {
    EXPECT_EQ(base64_decoded(base64_encoded(text)), text);
  }
  EXPECT_EQ(base64_encoded("alice:s3cret"), "YWxpY2U6czNjcmV0");
  EXPECT_EQ(base64_encoded("a"), "YQ==");
}

}  // namespace
}  // namespace fairlead
