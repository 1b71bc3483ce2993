// Images in a private registry: pulled with the user's credentials, and read without a pull.

#include "fixture.hpp"
#include "support/json.hpp"
#include "support/registry_server.hpp"

namespace fairlead::test {
namespace {

class PrivateImages : public DockerTest {
 protected:
  void SetUp() override {
    if (!RegistryServer::installed()) GTEST_SKIP() << "docker-registry is not installed";
    DockerTest::SetUp();
    if (IsSkipped()) return;
    server_ = std::make_unique<RegistryServer>(test_run(), RegistryGuard::password);
    image_ = server_->name() + "/acme/base";
    write_file(test_run().below("docker/config.json"),
               R"({"auths":{")" + server_->name() + R"(":{"auth":"YWxpY2U6czNjcmV0"}}})");
    publish();
  }
  void TearDown() override {
    if (!image_.empty()) engine().remove_image(image_ + ":1");
    server_.reset();
    DockerTest::TearDown();
  }

  /// A labelled copy of the base image, in the registry and not on the engine.
  void publish(const std::string& version = "first") {
    const auto folder = test_run().below("image");
    write_file(folder / "Dockerfile",
               "FROM " + base_image +
                   "\nLABEL devcontainer.metadata='[{\"remoteUser\":\"nobody\","
                   "\"containerEnv\":{\"FROM_LABEL\":\"yes\"}}]' version=" +
                   version + "\n");
    docker({"build", "-q", "-t", image_ + ":1", folder.string()});
    docker({"push", "-q", image_ + ":1"});
    engine().remove_image(image_ + ":1");
  }
  void docker(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"/usr/bin/env", "docker", "--config", test_run().below("docker").string()});
    auto environment = test_run().environment();
    environment["DOCKER_BUILDKIT"] = "0";
    const auto result = run({.argv = std::move(words),
                             .environment = std::move(environment),
                             .directory = test_run().folder().string(),
                             .input = {}});
    ASSERT_EQ(result.exit_code, 0) << result.text();
  }
  /// With the password, unless `config` names another folder.
  RunRequest with_login(RunRequest request, const std::string& config = "docker") {
    request.environment["DOCKER_CONFIG"] = test_run().below(config).string();
    request.environment["NODE_EXTRA_CA_CERTS"] = server_->authority().string();
    return request;
  }
  Workspace project() {
    Workspace result = workspace();
    result.write(".devcontainer/devcontainer.json", R"({"image": ")" + image_ + R"(:1"})");
    return result;
  }

  std::unique_ptr<RegistryServer> server_;
  std::string image_;
};

// IMG-031. One test, because publishing is what takes long.
TEST_F(PrivateImages, AreReadWithoutAPullAndPulledWithThePassword) {
  const auto ours = project();
  const auto read = run(with_login(fairlead({"read-configuration", "--include-merged-configuration",
                                             "--workspace-folder", ours.folder.string()})));
  ASSERT_EQ(read.exit_code, 0) << read.text();
  EXPECT_EQ(json_at(read.out, "/mergedConfiguration/remoteUser"), "nobody");
  EXPECT_EQ(json_at(read.out, "/mergedConfiguration/containerEnv/FROM_LABEL"), "yes");
  EXPECT_FALSE(engine().has_image(image_ + ":1"));

  EXPECT_NE(run(with_login(up(ours), "nobody")).exit_code, 0);
  const auto result = run(with_login(up(ours)));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(json_at(result.out, "/remoteUser"), "nobody");
  EXPECT_EQ(result.text().find("s3cret"), std::string::npos);
}

// VSC-004: who rebuilds wants to know that it is worth it.
TEST_F(PrivateImages, ThatAreNewerInTheRegistryAreSaid) {
  const auto ours = project();
  const std::string folder = ours.folder.string();
  ASSERT_EQ(run(with_login(up(ours))).exit_code, 0);
  const auto ask = [&](const std::string& command) {
    return run(with_login(fairlead({command, "--json", "--workspace-folder", folder})));
  };
  EXPECT_EQ(json_at(ask("status").out, "/newerBaseImage"), "");
  docker({"tag", image_ + ":1", image_ + ":old"});
  publish("newer");
  docker({"tag", image_ + ":old", image_ + ":1"});
  const auto status = ask("status");
  EXPECT_EQ(json_at(status.out, "/newerBaseImage"), image_ + ":1") << status.text();
  const auto outdated = ask("outdated");
  EXPECT_EQ(json_at(outdated.out, "/newerBaseImage"), image_ + ":1") << outdated.text();
  const auto rebuilt = run(with_login(
      fairlead({"rebuild", "--pull", "--json", "--wait", "--workspace-folder", folder})));
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.text();
  EXPECT_EQ(json_at(ask("status").out, "/newerBaseImage"), "");
  engine().remove_image(image_ + ":old");
}

}  // namespace
}  // namespace fairlead::test
