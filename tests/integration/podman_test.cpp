// Podman, rootful or rootless as with-podman made it, by its service and by its command.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cctype>

namespace fairlead::test {
namespace {

class PodmanTest : public IntegrationTest {
 protected:
  std::string target_name() const override { return "podman"; }
  static EngineApi engine() { return EngineApi(variable("FAIRLEAD_TEST_PODMAN")); }
  static bool rootless() { return ::geteuid() != 0; }

  RunResult own(const std::string& command, const Workspace& project,
                const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(fairlead(std::move(words)));
  }

  RunResult podman(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/env", "podman"});
    return run({.argv = std::move(words), .environment = test_run().environment()});
  }

  /// A relay that the background process keeps is what commands run by, however Podman is reached.
  void expect_resident_relay() {
    allow_processes_inside();
    const Workspace project = workspace();
    ASSERT_EQ(own("up", project, {"--set", "exec_via=relay"}).exit_code, 0);
    EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
      const auto asked =
          own("exec", project, {"--", "sh", "-c", "tr '\\0' ' ' </proc/$PPID/cmdline"});
      return asked.out.find("lent") != std::string::npos;
    }));
    EXPECT_EQ(own("exec", project, {"--", "sh", "-c", "echo in; exit 3"}).exit_code, 3);
    EXPECT_EQ(own("down", project).exit_code, 0);
    run(fairlead({"background", "--stop"}));
  }

  /// The end of a relay of the command's own is not waited for, and comes.
  void expect_no_relay_left() {
    const Workspace project = workspace();
    const auto made = own("up", project, {"--json"});
    ASSERT_EQ(made.exit_code, 0) << made.text();
    const auto inside = [&] { return podman({"top", json_at(made.out, "/containerId"), "args"}); };
    EXPECT_EQ(own("exec", project, {"--via", "relay", "--", "sh", "-c", "exit 4"}).exit_code, 4);
    EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
      const auto top = inside();
      return top.exit_code == 0 && top.out.find("relay-") == std::string::npos;
    })) << inside().text();
    EXPECT_EQ(own("down", project).exit_code, 0);
  }

  static uid_t owner(const std::filesystem::path& file) {
    struct stat info {};
    return ::stat(file.c_str(), &info) == 0 ? info.st_uid : static_cast<uid_t>(-1);
  }

  /// The user's file can be changed inside, and what is made inside belongs to the user outside.
  void expect_shared_files(const Workspace& project) {
    project.write("from-outside", "a\n");
    must_exec(project, "echo b >> from-outside; echo c > from-inside; mkdir made; id -u > made/id");
    EXPECT_EQ(project.read("from-outside"), "a\nb\n");
    EXPECT_EQ(project.read("from-inside"), "c\n");
    EXPECT_EQ(owner(project.folder / "from-inside"), ::geteuid());
    EXPECT_EQ(owner(project.folder / "made/id"), ::geteuid());
  }
};

/// Without a service in reach.
class PodmanCommandTest : public PodmanTest {
 protected:
  std::string target_name() const override { return "podman-command"; }
};

TEST_F(PodmanTest, CommandsRunByTheResidentRelay) { expect_resident_relay(); }

TEST_F(PodmanCommandTest, CommandsRunByTheResidentRelay) { expect_resident_relay(); }

TEST_F(PodmanTest, NoRelayIsLeftInside) { expect_no_relay_left(); }

TEST_F(PodmanCommandTest, NoRelayIsLeftInside) { expect_no_relay_left(); }

// USER-017: root inside is the user outside, whoever that is.
TEST_F(PodmanTest, FilesOfRootAreTheUsers) {
  const Workspace project = workspace(R"("remoteUser": "root")");
  must_up(project);
  EXPECT_EQ(must_exec(project, "id -u"), "0\n");
  expect_shared_files(project);
}

// USER-017: the remote user has the user's id, in both directions.
TEST_F(PodmanTest, FilesOfAnotherUserAreTheUsers) {
  if (!rootless()) GTEST_SKIP() << "skipped: only a rootless container maps ids";
  const Workspace project = workspace();
  write_file(project.config_file(), R"({"image": "fairlead-test/user", "remoteUser": "dev"})");
  must_up(project);
  EXPECT_EQ(must_exec(project, "id -un; id -u"), "dev\n" + std::to_string(::geteuid()) + "\n");
  expect_shared_files(project);
}

// USER-017: a user given by its number, without a change of the image.
TEST_F(PodmanTest, FilesOfAUserByNumberAreTheUsers) {
  if (!rootless()) GTEST_SKIP() << "skipped: only a rootless container maps ids";
  const Workspace project = workspace(R"("remoteUser": "1234")");
  must_up(project);
  EXPECT_EQ(must_exec(project, "id -u"), "1234\n");
  expect_shared_files(project);
}

// USER-017
TEST_F(PodmanTest, TheMappingCanBeLeftOut) {
  if (!rootless()) GTEST_SKIP() << "skipped: only a rootless container maps ids";
  const Workspace project = workspace(
      R"("remoteUser": "1234", "customizations": {"fairlead": {"plugins": {"podman": {"userns": "host"}}}})");
  must_up(project);
  project.write("mine", "x");
  EXPECT_EQ(must_exec(project, "stat -c %u mine"), "0\n");
}

TEST_F(PodmanTest, BuildsWithFeatures) {
  const Workspace project = workspace();
  write_file(project.config_file(),
             R"({"build": {"dockerfile": "Dockerfile", "context": "..", "args": {"A": "b"}},
                 "features": {"./local": {"greeting": "hi"}}})");
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image +
                    "\nARG A\nCOPY content /content\nRUN --mount=type=cache,target=/c echo $A "
                    ">>/content\n");
  project.write("content", "content\n");
  project.write(".devcontainer/local/devcontainer-feature.json",
                R"({"id": "local", "version": "1.0.0", "name": "l",
                    "options": {"greeting": {"type": "string", "default": ""}}})");
  project.write(".devcontainer/local/install.sh", "#!/bin/sh\necho $GREETING >/feature\n");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /content /feature"), "content\nb\nhi\n");
}

TEST_F(PodmanTest, KeepsAPrebuildAsAnImage) {  // LIFE-018
  auto name = "localhost/snapshot-" + test_run().id();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const Workspace project = workspace(
      R"("remoteUser": "root", "onCreateCommand": "echo created >> /log",
         "postCreateCommand": "echo late >> /log", "containerEnv": {"MINE": "kept"})");
  const RunResult made = own("build", project, {"--json", "--prebuild", "--image-name", name});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const RunResult image = podman({"image", "inspect", name});
  EXPECT_EQ(json_at(image.out, "/0/Config/Labels/devcontainer.local_folder"), "") << image.text();
  EXPECT_EQ(image.out.find("onCreateCommand"), std::string::npos) << image.text();
  const Workspace second = workspace({}, "other");
  second.write(".devcontainer/devcontainer.json", R"({"image": ")" + name + R"("})");
  must_up(second);
  EXPECT_EQ(must_exec(second, "cat /log; echo $MINE"), "created\nlate\nkept\n");
  EXPECT_EQ(own("down", second).exit_code, 0);
  EXPECT_EQ(podman({"rmi", "--force", name}).exit_code, 0);
}

TEST_F(PodmanTest, ImagesWithoutARegistryAreFoundByTheirShortName) {
  auto name = "short-" + test_run().id();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const RunResult tagged = podman({"tag", base_image, "localhost/" + name});
  ASSERT_EQ(tagged.exit_code, 0) << tagged.text();
  const Workspace project = workspace();
  write_file(project.config_file(), "{\"image\": \"" + name + "\"}");
  must_up(project);
  EXPECT_EQ(own("down", project).exit_code, 0);
  podman({"rmi", "localhost/" + name});
}

TEST_F(PodmanTest, RunArgsHaveItsOwnMeaning) {
  const auto pod = "pod-" + test_run().id();
  ASSERT_EQ(podman({"pod", "create", "--infra=false", pod}).exit_code, 0);
  const Workspace project = workspace(R"("runArgs": ["--pod", ")" + pod +
                                      R"(", "--umask=0027"], "containerEnv": {"A": "a 'b' $c"})");
  const auto id = must_up(project);
  EXPECT_EQ(must_exec(project, "printf %s \"$A\""), "a 'b' $c");
  EXPECT_NE(podman({"inspect", "--format", "{{.Pod}}", id}).out, "\n");
  EXPECT_EQ(own("down", project).exit_code, 0);
  EXPECT_EQ(podman({"pod", "rm", "--force", pod}).exit_code, 0);
}

TEST_F(PodmanTest, WordsThatItDoesNotKnowAreNamed) {
  const Workspace project = workspace(R"("runArgs": ["--no-such-word"])");
  const RunResult up = own("up", project, {"--json"});
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("backend.run_args"), std::string::npos) << up.text();
  EXPECT_NE(up.text().find("no-such-word"), std::string::npos) << up.text();
}

TEST_F(PodmanTest, TheHostHasAName) {
  if (rootless()) GTEST_SKIP() << "skipped: this host has no address that slirp4netns could give";
  const Workspace project = workspace();
  must_up(project);
  EXPECT_NE(must_exec(project, "cat /etc/hosts").find("host.containers.internal"),
            std::string::npos);
}

/// A description such as a GPU's maker installs, of something harmless.
TEST_F(PodmanTest, GpusAreGivenByCdi) {
  if (rootless()) GTEST_SKIP() << "skipped: only root may describe devices";
  const std::filesystem::path description = "/etc/cdi/fairlead-" + test_run().id() + ".json";
  write_file(description, R"({"cdiVersion": "0.3.0", "kind": "nvidia.com/gpu",
      "devices": [{"name": "all", "containerEdits": {
        "env": ["FROM_CDI=yes"], "deviceNodes": [{"path": "/dev/null"}]}}]})");
  const Workspace project = workspace(R"("hostRequirements": {"gpu": true})");
  must_up(project);
  EXPECT_EQ(must_exec(project, "tr '\\0' '\\n' </proc/1/environ | grep CDI"), "FROM_CDI=yes\n");
  std::filesystem::remove(description);
  const Workspace without = workspace(R"("hostRequirements": {"gpu": "optional"})", "without");
  must_up(without);
  EXPECT_EQ(must_exec(without, "tr '\\0' '\\n' </proc/1/environ | grep CDI || echo no"), "no\n");
}

/// Docker from inside: docker's own client in a container, with Podman's socket where it looks.
TEST_F(PodmanTest, ItsSocketServesDockersClientInside) {
  if (::access("/usr/bin/docker", X_OK) != 0) GTEST_SKIP() << "skipped: no docker client";
  const auto socket = variable("FAIRLEAD_TEST_PODMAN").substr(std::string("unix://").size());
  const Workspace project = workspace();
  write_file(project.config_file(),
             R"({"image": "fairlead-test/host", "mounts": [
                "type=bind,source=)" +
                 socket + R"(,target=/var/run/docker.sock",
                "type=bind,source=/usr/bin/docker,target=/usr/local/bin/docker"]})");
  const auto id = must_up(project);
  EXPECT_NE(must_exec(project, "env -u DOCKER_HOST docker ps --no-trunc --quiet").find(id),
            std::string::npos);
}

TEST_F(PodmanTest, DoctorSaysHowItIsReached) {
  const RunResult doctor = run(fairlead({"doctor"}));
  EXPECT_NE(doctor.out.find("By the service at " + variable("FAIRLEAD_TEST_PODMAN")),
            std::string::npos)
      << doctor.text();
  EXPECT_NE(doctor.out.find(rootless() ? "Rootless, with" : "Runs as root."), std::string::npos);
}

TEST_F(PodmanTest, TheReferencesFlagChoosesIt) {
  test_run().set("FAIRLEAD_BACKEND", "auto");
  const Workspace project = workspace();
  const RunResult result = run(up(project, {"--docker-path", "podman"}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(instances().size(), 1U);
}

TEST_F(PodmanCommandTest, DoctorSaysThatItHasNoService) {
  const RunResult doctor = run(fairlead({"doctor"}));
  EXPECT_NE(doctor.out.find("podman system service"), std::string::npos) << doctor.text();
}

/// No engine but Podman: the address of Docker's leads nowhere.
TEST_F(PodmanCommandTest, IsTakenWhenItIsTheOnlyEngine) {
  test_run().set("FAIRLEAD_BACKEND", "auto");
  test_run().set("DOCKER_HOST", "unix:///nowhere.sock");
  const Workspace project = workspace();
  const RunResult up = own("up", project, {"--json"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(json_at(up.out, "/backend"), "podman");
  EXPECT_EQ(must_exec(project, "echo in"), "in\n");
}

/// Nothing of ours goes on once a command has ended, even killed.
TEST_F(PodmanCommandTest, ItsServiceEndsWithTheCommand) {
  // The pattern does not match the arguments of whoever looks for it.
  const auto services = [this] {
    return run({.argv = {"/bin/sh", "-c",
                         "grep -l 'unix://.*[f]airlead-podman-' /proc/[0-9]*/cmdline 2>/dev/null | "
                         "wc -l"},
                .environment = test_run().environment()})
        .out;
  };
  const Workspace project = workspace();
  must_up(project);
  EXPECT_EQ(services(), "0\n");
  ChildProcess child(exec(project, {"sleep", "300"}));
  EXPECT_TRUE(wait_until(milliseconds(30'000), [&] { return services() == "1\n"; }));
  child.signal(SIGKILL);
  child.finish();
  EXPECT_TRUE(wait_until(milliseconds(60'000), [&] { return services() == "0\n"; }));
  allow_processes_inside();
}

/// What Podman 4.3 and 5.4 say where it cannot work.
TEST_F(PodmanCommandTest, SaysWhatAMachineLacks) {
  struct {
    const char* complaint;
    const char* code;
    const char* advice;
  } const all[] = {
      {"Error: cannot find UID/GID for user dev: no subuid ranges found for user \"dev\" in "
       "/etc/subuid",
       "podman.subuid", "usermod --add-subuids"},
      {"Error: mkdir /run/user/1001: permission denied: XDG_RUNTIME_DIR directory is not set",
       "podman.runtime_dir", "loginctl enable-linger"},
      {"Failed to obtain podman configuration: lstat /run/user/1001: no such file or directory",
       "podman.runtime_dir", "XDG_RUNTIME_DIR leads nowhere"},
      {"Error: database graph driver \"vfs\" does not match our graph driver \"overlay\": from "
       "database",
       "podman.storage", "podman system reset"},
      {"Error: 'overlay' is not supported over overlayfs, a mount_program is required: backing "
       "file system is unsupported for this graph driver",
       "podman.overlay", "fuse-overlayfs"},
      {"Error: mount_program: fuse: failed to open /dev/fuse: Permission denied", "podman.overlay",
       "vfs"},
  };
  const auto script = test_run().below("podman");
  test_run().set("FAIRLEAD_PLUGINS__PODMAN__PODMAN_PATH", script.string());
  const Workspace project = workspace();
  for (const auto& one : all) {
    test_run().set("SAID", one.complaint);
    write_file(script, "#!/bin/sh\nprintf '%s\\n' \"$SAID\" >&2\nexit 125\n");
    std::filesystem::permissions(script, std::filesystem::perms::all);
    const RunResult up = own("up", project, {"--json"});
    EXPECT_EQ(up.exit_code, 1);
    EXPECT_NE(up.text().find(one.code), std::string::npos) << up.text();
    EXPECT_NE(up.text().find(one.advice), std::string::npos) << up.text();
  }
}

/// Real users on this machine, which is the test's own.
TEST_F(PodmanCommandTest, SaysWhatAUserLacks) {
  if (rootless()) GTEST_SKIP() << "skipped: only root makes users";
  auto user = "u" + test_run().id();
  for (char& c : user) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto script = test_run().below("as-user");
  write_file(script, R"sh(#!/bin/sh
set -e
useradd --create-home "$1"
sed -i "/^$1:/d" /etc/subuid /etc/subgid
home=/home/$1
mkdir -p "$home/run" "$home/ws"
printf 'FROM scratch
COPY --chown=1000:1000 Dockerfile /x
' >"$home/ws/Dockerfile"
printf '{"build": {"dockerfile": "Dockerfile"}}' >"$home/ws/.devcontainer.json"
chown -R "$1:" "$home"
chmod 700 "$home/run"
up() {
  set -- "XDG_RUNTIME_DIR=$1" "PATH=$PATH" "HOME=$home" "CONTAINERS_CONF=$CONTAINERS_CONF"
  set -- env -i USER="$user" FAIRLEAD_BACKEND=podman FAIRLEAD_TRUST=always "$@"
  setpriv --reuid "$user" --regid "$user" --init-groups "$@" timeout 70 \
    "$program" up --json --workspace-folder "$home/ws" || true
}
user=$1 program=$2
setpriv --reuid "$user" --regid "$user" --init-groups test -x "$program" || { echo closed; exit 0; }
up "$home/run"
echo no session:
up /run/user/no-such-user
pkill -KILL -u "$user" || true
rm -rf "$home"
userdel "$user" 2>/dev/null || true
)sh");
  const RunResult said = run({.argv = {"/bin/sh", script.string(), user, fairlead_binary()},
                              .environment = test_run().environment(),
                              .timeout = milliseconds(170'000)});
  ASSERT_EQ(said.exit_code, 0) << said.text();
  ASSERT_NE(said.out, "closed\n") << "Other users cannot read this checkout.";
  const auto at = said.out.find("no session:");
  ASSERT_NE(at, std::string::npos) << said.text();
  const auto without_ids = said.out.substr(0, at);
  EXPECT_NE(without_ids.find("podman.subuid"), std::string::npos) << said.text();
  EXPECT_NE(without_ids.find("usermod --add-subuids"), std::string::npos) << said.text();
  const auto without_session = said.out.substr(at);
  EXPECT_NE(without_session.find("podman.runtime_dir"), std::string::npos) << said.text();
  EXPECT_NE(without_session.find("loginctl enable-linger"), std::string::npos) << said.text();
}

/// Podman itself goes on with the driver that the storage was made with, and only grumbles.
TEST_F(PodmanCommandTest, StorageOfAnotherDriverIsUsedOn) {
  const auto other = test_run().below("storage.conf");
  auto text = read_file(variable("CONTAINERS_STORAGE_CONF"));
  text.replace(text.find("overlay"), std::string("overlay").size(), "vfs");
  write_file(other, text);
  const Workspace project = workspace();
  must_up(project);
  test_run().set("CONTAINERS_STORAGE_CONF", other.string());
  EXPECT_EQ(must_exec(project, "echo in"), "in\n");
  test_run().set("CONTAINERS_STORAGE_CONF", variable("CONTAINERS_STORAGE_CONF"));
}

TEST_F(PodmanCommandTest, SaysWhenThereIsNoPodman) {
  test_run().set("FAIRLEAD_PLUGINS__PODMAN__PODMAN_PATH", "/no/podman");
  const RunResult up = own("up", workspace(), {"--json"});
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("engine.absent"), std::string::npos) << up.text();
  EXPECT_NE(up.text().find("No Podman answers"), std::string::npos) << up.text();
}

}  // namespace
}  // namespace fairlead::test
