#include <fairlead/engine/endpoint.hpp>
#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fairlead::engine {
namespace {

namespace fs = std::filesystem;

class FindEndpoint : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "endpoint-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const fs::path& file, const std::string& content) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << content;
  }
  void context(const std::string& name, const std::string& host) const {
    write("contexts/meta/" + name + "hash/meta.json", R"({"Name":")" + name +
                                                          R"(","Endpoints":{"docker":{"Host":")" +
                                                          host + R"(","SkipTLSVerify":false}}})");
  }
  Endpoint find(Environment environment, const std::string& option = {}) const {
    environment.try_emplace("DOCKER_CONFIG", folder_.string());
    return find_endpoint(environment, option);
  }

  fs::path folder_;
};

TEST_F(FindEndpoint, TakesTheDefaultSocket) {
  EXPECT_EQ(find({}).text(), "unix:///var/run/docker.sock");
  EXPECT_EQ(find({}).origin, "default");
}

TEST_F(FindEndpoint, FollowsTheDockerClientsOrder) {
  context("box", "tcp://box:2375");
  context("other", "unix:///other.sock");
  write("config.json", R"({"currentContext":"other"})");
  EXPECT_EQ(find({}).text(), "unix:///other.sock");
  EXPECT_EQ(find({{"DOCKER_CONTEXT", "box"}}).text(), "tcp://box:2375");
  EXPECT_EQ(find({{"DOCKER_CONTEXT", "box"}}).origin, "context 'box'");
  EXPECT_EQ(find({{"DOCKER_CONTEXT", "default"}}).text(), "unix:///var/run/docker.sock");
  EXPECT_EQ(find({{"DOCKER_CONTEXT", "box"}, {"DOCKER_HOST", "unix:///env"}}).text(),
            "unix:///env");
  EXPECT_EQ(find({{"DOCKER_HOST", "unix:///env"}}, "tcp://setting:1").text(), "tcp://setting:1");
}

TEST_F(FindEndpoint, FindsTheConfigurationAtHome) {
  write(".docker/config.json", R"({"currentContext":"x"})");
  try {
    find_endpoint({{"HOME", folder_.string()}}, "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "engine.context");
    EXPECT_NE(error.message().find("'x'"), std::string::npos);
  }
}

TEST_F(FindEndpoint, TakesTlsFromTheVariables) {
  write("certs/ca.pem", "");
  write("certs/key.pem", "");
  const auto certs = (folder_ / "certs").string();
  const auto verified =
      find({{"DOCKER_HOST", "tcp://h"}, {"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", certs}});
  EXPECT_TRUE(verified.tls.enabled && verified.tls.verify);
  EXPECT_EQ(verified.port, 2376);
  EXPECT_EQ(verified.tls.ca, certs + "/ca.pem");
  EXPECT_EQ(verified.tls.cert, "");
  const auto unverified = find({{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS", "1"}});
  EXPECT_TRUE(unverified.tls.enabled && !unverified.tls.verify);
  EXPECT_FALSE(find({{"DOCKER_HOST", "unix:///s"}, {"DOCKER_TLS_VERIFY", "1"}}).tls.enabled);
  EXPECT_EQ(find({{"DOCKER_HOST", "tcp://h"}}).port, 2375);
}

TEST_F(FindEndpoint, TakesTlsFromTheContext) {
  context("box", "tcp://box:2376");
  write("contexts/tls/boxhash/docker/cert.pem", "");
  const auto endpoint = find({{"DOCKER_CONTEXT", "box"}});
  EXPECT_TRUE(endpoint.tls.enabled && endpoint.tls.verify);
  EXPECT_EQ(endpoint.tls.cert, (folder_ / "contexts/tls/boxhash/docker/cert.pem").string());
}

TEST_F(FindEndpoint, KeepsTheVersionThatWasFixed) {
  EXPECT_EQ(find({{"DOCKER_API_VERSION", "1.41"}}).api_version, "1.41");
}

TEST_F(FindEndpoint, SurvivesBrokenFiles) {
  write("config.json", "{ broken");
  EXPECT_EQ(find({}).origin, "default");
}

TEST(ParseEndpoint, ReadsAddresses) {
  EXPECT_EQ(parse_endpoint("unix:///a b").socket, "/a b");
  EXPECT_EQ(parse_endpoint("tcp://[::1]:99").host, "::1");
  EXPECT_EQ(parse_endpoint("tcp://[::1]:99").text(), "tcp://[::1]:99");
  EXPECT_EQ(parse_endpoint("host:80").port, 80);
  EXPECT_EQ(parse_endpoint("tcp://:80").host, "localhost");
  EXPECT_TRUE(parse_endpoint("https://h:1").tls.enabled);
  const auto box = parse_endpoint("ssh://me@box:22");
  EXPECT_EQ(box.host + ' ' + box.socket, "ssh://me@box:22 /var/run/docker.sock");
  EXPECT_EQ(box.text(), "ssh://me@box:22");
  EXPECT_EQ(parse_endpoint("ssh://box/run/other.sock").socket, "/run/other.sock");
  EXPECT_EQ(parse_endpoint("ssh://box/run/other.sock").text(), "ssh://box/run/other.sock");
}

TEST(ParseEndpoint, RefusesWhatItCannotReach) {
  for (const char* bad : {"ssh://", "npipe:////x", "fd://", "tcp://h:0", "tcp://h:99999",
                          "tcp://h:x", "tcp://[::1:5", ""}) {
    try {
      parse_endpoint(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "engine.endpoint") << bad;
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

}  // namespace
}  // namespace fairlead::engine
