// Whose files are whose: the remote user gets the caller's ids, or a line says why not. USER.

#include "fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::test {
namespace {

constexpr const char* other_identity = "/usr/bin/setpriv";

/// Runs as somebody else, which only root can; the folders of the run are still open to them.
class Users : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped()) return;
    if (::geteuid() != 0 || ::access(other_identity, X_OK) != 0) {
      GTEST_SKIP() << "skipped: only root can run as several users";
    }
  }
  RunRequest as(const std::string& uid, const std::string& gid, RunRequest request) const {
    const std::vector<std::string> words = {other_identity,
                                            "--reuid=" + uid,
                                            "--regid=" + gid,
                                            "--clear-groups",
                                            "--inh-caps=+dac_override,+dac_read_search",
                                            "--ambient-caps=+dac_override,+dac_read_search"};
    request.argv.insert(request.argv.begin(), words.begin(), words.end());
    return request;
  }
  /// An image with a user `dev` of uid 1001 and what `lines` add.
  Workspace with_users(const std::string& lines, const std::string& members = {}) {
    const Workspace project = workspace();
    project.write(".devcontainer/Dockerfile",
                  "FROM " + base_image +
                      "\nRUN echo 'dev:x:1001:1001::/home/dev:/bin/sh' >>/etc/passwd && "
                      "echo 'dev:x:1001:' >>/etc/group && mkdir -p /home/dev && "
                      "chown 1001:1001 /home/dev\n" +
                      lines);
    project.write(".devcontainer/devcontainer.json",
                  R"({"build": {"dockerfile": "Dockerfile"}, "remoteUser": "dev")" +
                      (members.empty() ? "" : ", " + members) + "}");
    return project;
  }
  static std::string owner(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return "none";
    return std::to_string(info.st_uid) + ':' + std::to_string(info.st_gid);
  }
  RunResult up_as(const std::string& uid, const std::string& gid, const Workspace& project) const {
    return run(as(uid, gid, own_up(project)));
  }
  std::string inside(const std::string& uid, const std::string& gid, const Workspace& project,
                     const std::string& script) const {
    const RunResult result = run(as(uid, gid, exec(project, {"sh", "-c", script})));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out;
  }
};

TEST_F(Users, GetTheIdsOfWhoeverCalls) {  // USER-006, edge case 61
  const Workspace project = with_users("");
  ASSERT_EQ(::chown(project.folder.c_str(), 4321, 4322), 0);
  const RunResult result = up_as("4321", "4322", project);
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(inside("4321", "4322", project, "touch made; id -un; id -u; id -g; stat -c %u ~"),
            "dev\n4321\n4322\n4321\n");
  EXPECT_EQ(owner(project.folder / "made"), "4321:4322");
}

TEST_F(Users, KeepAnIdThatBelongsToAnother) {  // as in ubuntu:24.04; USER-008
  const Workspace project =
      with_users("RUN echo 'ubuntu:x:1000:1000::/home/ubuntu:/bin/sh' >>/etc/passwd\n");
  const RunResult result = up_as("1000", "1000", project);
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("keeps the uid 1001: your uid 1000 belongs to ubuntu"),
            std::string::npos)
      << result.text();
  EXPECT_EQ(inside("1000", "1000", project, "id -u"), "1001\n");
}

TEST_F(Users, KeepAGroupThatIsTaken) {  // USER-008
  const Workspace project = with_users("RUN echo 'staff:x:50:' >>/etc/group\n");
  const RunResult result = up_as("4321", "50", project);
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("your gid 50 belongs to the group staff"), std::string::npos)
      << result.text();
  EXPECT_EQ(inside("4321", "50", project, "id -u; id -g"), "4321\n1001\n");
}

TEST_F(Users, SayThatAHomeOnAVolumeIsSomebodyElses) {
  const std::string volume = "fltest-home-" + test_run().id();
  const Workspace project =
      with_users("", R"("mounts": ["type=volume,source=)" + volume + R"(,target=/home/dev"])");
  ASSERT_EQ(up_as("4321", "4321", project).exit_code, 0);
  inside("4321", "4321", project, "touch ~/something");
  // The same volume under another user of this machine.
  ASSERT_EQ(run(fairlead({"down", "--workspace-folder", project.folder.string()})).exit_code, 0);
  const RunResult result = up_as("4325", "4325", project);
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("The home folder /home/dev belongs to the uid 4321"), std::string::npos)
      << result.text();
  EXPECT_EQ(
      run(fairlead({"down", "--volumes", "--workspace-folder", project.folder.string()})).exit_code,
      0);
}

TEST_F(Users, ReachTheEnginesSocketByItsGroup) {  // VSC-024
  const std::string docker = variable("FAIRLEAD_TEST_DOCKER");
  if (docker.empty()) GTEST_SKIP() << "skipped: no docker client";
  struct stat socket {};
  ASSERT_EQ(::stat(engine().socket_path().c_str(), &socket), 0);
  const Workspace project = workspace();
  project.write(".devcontainer/devcontainer.json",
                R"({"image": "fairlead-test/user", "remoteUser": "dev", "runArgs":
                    ["--group-add", ")" +
                    std::to_string(socket.st_gid) + R"("], "mounts": ["type=bind,source=)" +
                    engine().socket_path() +
                    R"(,target=/var/run/docker.sock", "type=bind,source=)" + docker +
                    R"(,target=/usr/local/bin/docker,readonly"]})");
  const std::string id = must_own_up(project);
  EXPECT_EQ(must_exec(project, "id -un; docker ps -q --no-trunc --filter id=" + id),
            "dev\n" + id + "\n");
}

}  // namespace
}  // namespace fairlead::test
