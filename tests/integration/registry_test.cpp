#include "features/remote_feature.hpp"
#include "registry_fixture.hpp"
#include "support/files.hpp"
#include "support/registry_server.hpp"

#include <algorithm>

namespace fairlead::test {
namespace {

class RealRegistry : public RegistryFixture {
 protected:
  void SetUp() override {
    if (!RegistryServer::installed()) GTEST_SKIP() << "docker-registry is not installed";
  }

  RegistryOptions trusting(const RegistryServer& server) const {
    auto result = options();
    result.environment["NODE_EXTRA_CA_CERTS"] = server.authority().string();
    return result;
  }
  RegistryOptions as_alice(const RegistryServer& server) const {
    auto result = trusting(server);
    result.environment["DEVCONTAINERS_OCI_AUTH"] = server.name() + "|alice|s3cret";
    result.auth.trust_all = true;  // the token server has another port
    return result;
  }
};

// One manifest, one blob: DIST-015, DIST-016, DIST-020.
TEST_F(RealRegistry, CostsOneManifestAndOneBlob) {
  RegistryServer server(run_, RegistryGuard::open);
  const auto published = feature(server.name(), "acme/feats/color");
  publish(*client(), published);
  const auto before = server.requests().size();

  auto fresh = options();
  fresh.cache_folder = run_.below("other");
  const auto registry = client(fresh);
  const auto reference = parse_feature_reference(server.name() + "/acme/feats/color:1");
  const auto described = describe_feature(*registry, reference, {}, {});
  EXPECT_EQ(described.metadata.version, "1.2.3");
  EXPECT_EQ(described.digest, published.manifest_digest());
  EXPECT_EQ(described.resolved, server.name() + "/acme/feats/color@" + described.digest);
  const std::filesystem::path folder = fetch_feature(*registry, described, {});
  EXPECT_EQ(read_file(folder / "install.sh"), "#!/bin/sh\necho color\n");
  describe_feature(*registry, reference, {}, {});

  auto requests = server.requests(before + 2);
  requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_EQ(requests, (std::vector<std::string>{
                          "GET /v2/acme/feats/color/manifests/1",
                          "GET /v2/acme/feats/color/blobs/" + published.layer_digest()}));

  // Pinned and cached: no request at all.
  fresh.offline = true;
  const auto again = client(fresh);
  const auto pinned = describe_feature(*again, reference, published.manifest_digest(), {});
  EXPECT_EQ(fetch_feature(*again, pinned, {}), folder.string());
  // The name is known, too.
  EXPECT_EQ(again->manifest(published.reference, {}).digest, published.manifest_digest());
}

TEST_F(RealRegistry, IsNotAskedAgainForATagThatItJustSaid) {
  RegistryServer server(run_, RegistryGuard::open);
  auto artifact = feature(server.name(), "acme/feats/color");
  publish(*client(), artifact);
  client()->manifest(artifact.reference, {});
  const auto old = artifact.manifest_digest();
  const auto before = server.requests().size();
  auto patient = options();
  patient.tag_lifetime = std::chrono::hours(1);
  EXPECT_EQ(client(patient)->manifest(artifact.reference, {}).digest, old);
  EXPECT_EQ(server.requests().size(), before);

  // What is published from here counts at once, and who asks each time sees what others publish.
  artifact = feature(server.name(), "acme/feats/color", R"(,"description":"new")");
  auto elsewhere = options();
  elsewhere.cache_folder = run_.below("other");
  publish(*client(elsewhere), artifact);
  EXPECT_EQ(client(patient)->manifest(artifact.reference, {}).digest, old);
  EXPECT_EQ(client()->manifest(artifact.reference, {}).digest, artifact.manifest_digest());
  artifact = feature(server.name(), "acme/feats/color", R"(,"description":"newer")");
  publish(*client(), artifact);
  EXPECT_EQ(client(patient)->manifest(artifact.reference, {}).digest, artifact.manifest_digest());
}

TEST_F(RealRegistry, ListsTagsAndSaysWhatItDoesNotHave) {
  RegistryServer server(run_, RegistryGuard::open);
  const auto registry = client();
  auto artifact = feature(server.name(), "acme/feats/color");
  publish(*registry, artifact);
  EXPECT_FALSE(registry->push_blob(artifact.reference, artifact.layer, {}));  // DIST-014
  registry->push_manifest(artifact.reference, "1.2", artifact.manifest, {});
  auto tags = registry->tags(artifact.reference, {});
  std::sort(tags.begin(), tags.end());
  EXPECT_EQ(tags, (std::vector<std::string>{"1", "1.2"}));
  artifact.reference.tag = "9";
  EXPECT_EQ(registry->find_manifest(artifact.reference, {}), std::nullopt);
  EXPECT_EQ(code_of([&] { registry->manifest(artifact.reference, {}); }), "registry.not_found");
  artifact.reference.repository = "acme/feats/none";
  EXPECT_EQ(code_of([&] { registry->tags(artifact.reference, {}); }), "registry.not_found");
}

TEST_F(RealRegistry, MayDoWithoutTlsAtALoopbackAddress) {
  RegistryServer server(run_, RegistryGuard::open);
  const auto artifact = feature("127.0.0.1:" + std::to_string(server.port()), "acme/feats/color");
  publish(*client(), artifact);
  EXPECT_EQ(client()->manifest(artifact.reference, {}).digest, artifact.manifest_digest());
}

// DIST-017, DIST-019
TEST_F(RealRegistry, TakesAPasswordOverTls) {
  RegistryServer server(run_, RegistryGuard::password);
  const auto artifact = feature(server.name(), "acme/feats/color");
  publish(*client(as_alice(server)), artifact);

  const auto fetch = [&](RegistryOptions options) {
    options.cache_folder = run_.below("other");
    return code_of([&] { client(std::move(options))->manifest(artifact.reference, {}); });
  };
  EXPECT_EQ(fetch(options()), "registry.certificate");
  EXPECT_EQ(fetch(trusting(server)), "registry.denied");
  auto wrong = trusting(server);
  wrong.environment["DEVCONTAINERS_OCI_AUTH"] = server.name() + "|alice|wrong";
  EXPECT_EQ(fetch(wrong), "registry.denied");

  auto stored = trusting(server);
  stored.environment["DOCKER_CONFIG"] = run_.below("docker").string();
  write_file(run_.below("docker/config.json"),
             R"({"auths":{")" + server.name() + R"(":{"auth":"YWxpY2U6czNjcmV0"}}})");
  EXPECT_EQ(fetch(stored), "");

  auto helped = trusting(server);
  helped.environment["DOCKER_CONFIG"] = run_.below("helper").string();
  write_file(run_.below("helper/config.json"),
             R"({"credHelpers":{")" + server.name() + R"(":"mine"}})");
  helped.credential_helper = [&](const std::string& name, const std::string& registry,
                                 std::stop_token) -> std::optional<std::string> {
    EXPECT_EQ(name, "mine");
    EXPECT_EQ(registry, server.name());
    return R"({"Username":"alice","Secret":"s3cret"})";
  };
  EXPECT_EQ(fetch(helped), "");

  auto engine_way = as_alice(server);  // certs.d instead of the variable
  engine_way.environment.erase("NODE_EXTRA_CA_CERTS");
  write_file(run_.below(".config/docker/certs.d") / server.name() / "ca.crt",
             read_file(server.authority()));
  EXPECT_EQ(fetch(engine_way), "");
}

// DIST-018
TEST_F(RealRegistry, FetchesTokens) {
  RegistryServer server(run_, RegistryGuard::token);
  const auto secret = feature(server.name(), "acme/feats/color");
  const auto open = feature(server.name(), "public/feats/shape");
  const auto alice = client(as_alice(server));
  publish(*alice, secret);
  publish(*alice, open);

  const auto fetch = [&](RegistryOptions options, const Artifact& artifact) {
    options.cache_folder = run_.below("other");
    return code_of([&] { client(std::move(options))->manifest(artifact.reference, {}); });
  };
  EXPECT_EQ(fetch(trusting(server), open), "");  // anonymously
  EXPECT_EQ(fetch(trusting(server), secret), "registry.denied");
  EXPECT_EQ(fetch(as_alice(server), secret), "");

  auto wrong = as_alice(server);
  wrong.environment["DEVCONTAINERS_OCI_AUTH"] = server.name() + "|alice|old";
  EXPECT_EQ(fetch(wrong, open), "");  // once more without them

  auto identity = trusting(server);
  identity.auth.trust_all = true;
  identity.environment["DOCKER_CONFIG"] = run_.below("docker").string();
  write_file(run_.below("docker/config.json"),
             R"({"auths":{")" + server.name() + R"(":{"identitytoken":"refresh-me"}}})");
  EXPECT_EQ(fetch(identity, secret), "");

  // SEC-008: a token server on another port gets nothing unless it is listed.
  auto careful = as_alice(server);
  careful.auth.trust_all = false;
  EXPECT_EQ(fetch(careful, secret), "registry.challenge");
  EXPECT_EQ(fetch(careful, open), "");
  careful.auth.trusted_hosts = {server.name() +
                                "=127.0.0.1:" + std::to_string(server.token_port())};
  EXPECT_EQ(fetch(careful, secret), "");
}

TEST_F(RealRegistry, IsReachedAtItsMirror) {
  RegistryServer server(run_, RegistryGuard::open);
  publish(*client(), feature(server.name(), "mirror/of/git"));
  auto redirected = options();
  redirected.mirrors = {"ghcr.io=nowhere.invalid",
                        "ghcr.io/devcontainers/features=" + server.name() + "/mirror/of"};
  const auto registry = client(redirected);
  const auto described = describe_feature(
      *registry, parse_feature_reference("ghcr.io/devcontainers/features/git:1"), {}, {});
  EXPECT_EQ(described.resolved, "ghcr.io/devcontainers/features/git@" + described.digest);
  EXPECT_NE(fetch_feature(*registry, described, {}), "");
}

}  // namespace
}  // namespace fairlead::test
