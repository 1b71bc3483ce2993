// Prebuilds that are kept as an image. LIFE-018.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class Snapshot : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped()) return;
    name_ = "fairlead-test/snapshot-" + test_run().id();
    for (char& c : name_) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  void TearDown() override {
    DockerTest::TearDown();
    if (!name_.empty()) engine().remove_image(name_);
  }
  std::string image() const { return engine().request("GET", "/images/" + name_ + "/json"); }
  /// A project with everything that must not, or need not, be in the image.
  Workspace project() {
    write_file(test_run().below("docker/config.json"),
               R"({"proxies": {"default": {"httpProxy": "http://me:s3cr3t@proxy.invalid"}}})");
    test_run().set("DOCKER_CONFIG", test_run().below("docker").string());
    return workspace(R"("onCreateCommand": "echo created >> /log",
                        "updateContentCommand": "echo updated >> /log",
                        "postCreateCommand": "echo late >> /log",
                        "containerEnv": {"MINE": "kept"})");
  }

  /// What a command prints in a plain container of the image.
  std::string made_by(const std::string& image, const std::string& script) {
    RunRequest request{.argv = {"/usr/bin/env", "docker", "--config", "/nonexistent", "run", "--rm",
                                image, "sh", "-c", script},
                       .environment = test_run().environment(),
                       .directory = test_run().folder().string()};
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out;
  }

  std::string name_;
};

TEST_F(Snapshot, KeepsWhatThePrebuildMade) {
  const Workspace first = project();
  const RunResult result = run(fairlead({"up", "--json", "--prebuild", "--image-name", name_,
                                         "--workspace-folder", first.folder.string()}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(json_at(result.out, "/snapshots/0"), name_);
  const auto made = image();
  EXPECT_EQ(made.find("s3cr3t"), std::string::npos) << made;
  EXPECT_EQ(json_at(made, "/Config/Labels/devcontainer.local_folder"), "") << made;
  EXPECT_EQ(json_at(made, "/Config/Cmd/0"), "/bin/sh") << made;
  EXPECT_EQ(json_at(made, "/Config/Entrypoint/0"), "") << made;
  EXPECT_EQ(made_by(name_, "cat /etc/environment").find("s3cr3t"), std::string::npos);

  const Workspace second = workspace({}, "other");
  second.write(".devcontainer/devcontainer.json", R"({"image": ")" + name_ + R"("})");
  must_own_up(second);
  EXPECT_EQ(must_exec(second, "cat /log; echo $MINE"), "created\nupdated\nlate\nkept\n");
}

TEST_F(Snapshot, OfBuildLeavesNoContainer) {
  const Workspace first = project();
  const RunResult result = run(fairlead({"build", "--json", "--prebuild", "--image-name", name_,
                                         "--workspace-folder", first.folder.string()}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(json_at(result.out, "/imageName/0"), name_) << result.text();
  EXPECT_TRUE(instances().empty());
  EXPECT_EQ(image().find("onCreateCommand"), std::string::npos) << image();
  EXPECT_NE(image().find("postCreateCommand"), std::string::npos) << image();
  must_own_up(first);
  const RunResult used = run(fairlead({"build", "--json", "--prebuild", "--image-name", name_,
                                       "--workspace-folder", first.folder.string()}));
  EXPECT_EQ(json_at(used.out, "/code"), "build.container") << used.text();
  EXPECT_EQ(instances().size(), 1U);
  const RunResult nameless =
      run(fairlead({"build", "--json", "--prebuild", "--workspace-folder", first.folder.string()}));
  EXPECT_EQ(json_at(nameless.out, "/code"), "build.options") << nameless.text();
  const RunResult complete = run(fairlead(
      {"up", "--json", "--image-name", name_, "--workspace-folder", first.folder.string()}));
  EXPECT_EQ(json_at(complete.out, "/code"), "build.options") << complete.text();
}

/// A backend from before ABI 1.2, or one that cannot.
class SnapshotElsewhere : public IntegrationTest {
 protected:
  std::string target_name() const override { return "testbed"; }
};

TEST_F(SnapshotElsewhere, IsRefusedClearly) {
  const Workspace project = workspace();
  const RunResult result =
      run(fairlead({"up", "--json", "--prebuild", "--image-name", "fairlead-test/never",
                    "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("keeps no images of containers"), std::string::npos) << result.text();
}

}  // namespace
}  // namespace fairlead::test
