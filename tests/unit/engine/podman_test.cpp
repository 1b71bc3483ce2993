#include "podman/build_command.hpp"
#include "podman/checks.hpp"
#include "podman/create_command.hpp"
#include "podman/settings.hpp"

#include <fairlead/engine/podman_service.hpp>
#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace fairlead::podman {
namespace {

using Words = std::vector<std::string>;

TEST(PodmanSettings, AreTheDefaultsUnlessSaid) {
  const auto standard = settings_from("{}");
  EXPECT_EQ(standard.service.podman_path, "podman");
  EXPECT_EQ(standard.userns, "keep-id");
  const auto own = settings_from(R"({"host": "unix:///p", "podman_path": "/p", "userns": "host"})");
  EXPECT_EQ(own.service.host + own.service.podman_path + own.userns, "unix:///p/phost");
  EXPECT_THROW(settings_from(R"({"userns": 3})"), Error);
}

TEST(PodmanService, IsLookedForWhereTheUserHasIt) {
  EXPECT_EQ(engine::podman_sockets({}, 0), Words{"/run/podman/podman.sock"});
  EXPECT_EQ(engine::podman_sockets({{"XDG_RUNTIME_DIR", "/x"}}, 7), Words{"/x/podman/podman.sock"});
  EXPECT_EQ(engine::podman_sockets({}, 7), Words{"/run/user/7/podman/podman.sock"});
}

TEST(PodmanService, TheSettingWinsOverContainerHost) {
  const Environment environment{{"CONTAINER_HOST", "unix:///c"}};
  EXPECT_EQ(engine::podman_address({}, {}), "");
  EXPECT_EQ(engine::podman_address({}, environment), "unix:///c");
  EXPECT_EQ(engine::podman_address({.host = "unix:///s"}, environment), "unix:///s");
}

TEST(PodmanService, ComplaintsComeWithTheirRemedy) {
  struct Row {
    const char* text;
    const char* code;
    const char* hint;
  };
  const Row rows[] = {
      {"Error: cannot find UID/GID for user u: no subuid ranges found for user \"u\"",
       "podman.subuid", "--add-subuids"},
      {"lchown /etc/shadow: potentially insufficient UIDs or GIDs available in user namespace",
       "podman.subuid", "--add-subuids"},
      {"copier: put: error setting ownership of \"/x\" to 1000:1000: lchown /x: invalid argument",
       "podman.subuid", "--add-subuids"},
      {"x: lchown /x: operation not permitted", "engine.unreachable", "podman"},
      {"x: lchown /x: read-only file system\nError: invalid argument", "engine.unreachable",
       "podman"},
      {"Error: command required for rootless mode with multiple IDs: exec: \"newuidmap\": "
       "executable file not found in $PATH",
       "podman.subuid", "uidmap"},
      {"Error: XDG_RUNTIME_DIR directory \"/run/user/0\" is not owned by the current user",
       "podman.runtime_dir", "enable-linger"},
      {"Error: User-selected graph driver \"vfs\" overwritten by graph driver \"overlay\" from "
       "database - delete libpod local files",
       "podman.storage", "system reset"},
      {"Error: 'overlay' is not supported over overlayfs, a mount_program is required",
       "podman.overlay", "fuse-overlayfs"},
      {"Error: kernel does not support overlay fs: unable to create kernel-style whiteout",
       "podman.overlay", "vfs"},
      {"Error: overlay: can't stat program \"/usr/bin/fuse-overlayfs\": stat "
       "/usr/bin/fuse-overlayfs: no such file or directory",
       "podman.overlay", "mount_program"},
      {"Error: \"/g/btrfs\" is not on a btrfs filesystem: prerequisites for driver not satisfied "
       "(wrong filesystem?)",
       "podman.overlay", "vfs"},
      {"Error: something else", "engine.unreachable", "podman"},
  };
  for (const auto& row : rows) {
    const auto error = engine::podman_complaint(row.text);
    EXPECT_EQ(error.code(), row.code) << row.text;
    EXPECT_NE(error.hint().find(row.hint), std::string::npos) << row.text;
    EXPECT_EQ(error.status(), Status::unavailable);
  }
}

TEST(PodmanService, BlamesTheRuntimeFolderForItsOwnFaults) {
  struct Row {
    const char* text;
    const char* folder;
    const char* code;
  };
  const Row rows[] = {
      {"listen unix /run/user/1/p.sock: bind: no such file or directory", "/run/user/1",
       "podman.runtime_dir"},
      {"listen unix /run/user/1/p.sock: bind: permission denied", "/run/user/1",
       "podman.runtime_dir"},
      {"listen unix /run/user/1/p.sock: bind: address already in use", "/run/user/1",
       "engine.unreachable"},
      {"listen unix /tmp/p.sock: bind: permission denied", "/run/user/1", "engine.unreachable"},
      {"mkdir /run/user/1/libpod: permission denied", "/run/user/1", "podman.runtime_dir"},
      {"mkdir /run/user/1/libpod: not a directory", "/run/user/1", "podman.runtime_dir"},
      {"mkdir /run/user/1/libpod: no space left on device", "/run/user/1", "engine.unreachable"},
      {"mkdir /home/u/libpod: permission denied", "/run/user/1", "engine.unreachable"},
      {"listen unix /tmp/p.sock: bind: permission denied", "", "engine.unreachable"},
  };
  for (const auto& row : rows) {
    const bool socket = std::string(row.text).starts_with("listen");
    const auto text =
        std::string(socket ? "Error: unable to create socket: " : "Error: ") + row.text;
    EXPECT_EQ(engine::podman_complaint(text, row.folder).code(), row.code) << row.text;
  }
}

TEST(PodmanService, KnowsWhatShowsLate) {
  EXPECT_TRUE(engine::blames_the_machine("potentially insufficient UIDs or GIDs available"));
  EXPECT_TRUE(engine::blames_the_machine("to 1000:1000: lchown /x: invalid argument"));
  EXPECT_TRUE(engine::blames_the_machine("using mount program /usr/bin/fuse-overlayfs: x"));
  EXPECT_FALSE(engine::blames_the_machine("to 1000:1000: lchown /x: no space left on device"));
  EXPECT_FALSE(engine::blames_the_machine("no subuid ranges found"));
  EXPECT_FALSE(engine::blames_the_machine("sh: cannot open /dev/fuse"));
}

/// What a mount program says is long, and its last line says nothing.
TEST(PodmanService, ShowsTheLineThatSaysMost) {
  const auto error = engine::podman_complaint(
      "creating overlay mount to /g/merged, mount_data=\"\": using mount program "
      "/usr/bin/fuse-overlayfs: unknown argument ignored: lazytime\nfuse: failed to open "
      "/dev/fuse: "
      "Permission denied\nfuse-overlayfs: cannot mount: Permission denied\n: exit status 1");
  EXPECT_EQ(error.code(), "podman.overlay");
  EXPECT_EQ(error.message(),
            "The program that mounts Podman's storage does not work here: fuse: failed to open "
            "/dev/fuse: Permission denied");
  EXPECT_NE(engine::podman_complaint("using mount program x: why").message().find(": why"),
            std::string::npos);
}

// USER-017
TEST(PodmanUserNamespace, KeepsTheIdsOfWhoIsNotRoot) {
  struct Row {
    CreateRequest request;
    const char* image_user;
    const char* setting;
    const char* wanted;
  };
  const Row rows[] = {
      {{.remote_user = "dev"}, "root", "keep-id", "keep-id"},
      {{.remote_user = "root"}, "dev", "keep-id", ""},
      {{.remote_user = "0"}, "dev", "keep-id", ""},
      {{}, "", "keep-id", ""},
      {{}, "dev", "keep-id", "keep-id"},
      {{.user = "root"}, "dev", "keep-id", ""},
      {{.user = "root", .remote_user = "dev"}, "", "keep-id", "keep-id"},
      {{.remote_user = "1000:1000"}, "", "keep-id", "keep-id:uid=1000,gid=1000"},
      {{.remote_user = "dev"}, "", "host", ""},
      {{.remote_user = "dev"}, "", "auto", "auto"},
      {{.remote_user = "dev", .run_args = {"--uidmap", "0:1:2"}}, "", "keep-id", ""},
      {{.remote_user = "dev", .run_args = {"--userns=nomap"}}, "", "keep-id", ""},
      {{.run_args = {"-u", "dev"}}, "", "keep-id", "keep-id"},
      {{.run_args = {"--user=0"}}, "dev", "keep-id", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(engine::wanted_user_namespace(row.request, row.image_user, row.setting), row.wanted)
        << row.request.remote_user << ' ' << row.image_user << ' ' << row.setting;
  }
}

TEST(PodmanCommand, CreatesWhatOnlyTheCommandCan) {
  CreateRequest request{.name = "n", .image = "i", .user = "u", .run_args = {"--pod", "p"}};
  request.entrypoint = {"/bin/sh"};
  request.command = {"-c", "x y"};
  request.env = {{"A", "b c"}};
  request.labels = {{"l", "v"}};
  request.mounts = {{.type = MountType::bind, .source = "/s", .target = "/t", .read_only = true}};
  request.ports = {{.host_address = "127.0.0.1", .host_port = "1", .container_port = "2"}};
  request.gpu = request.init = true;
  request.cap_add = {"SYS_PTRACE"};
  request.security_opt = {"label=disable"};
  EXPECT_EQ(create_command({"podman"}, request), (Words{"podman",
                                                        "create",
                                                        "--name",
                                                        "n",
                                                        "-e",
                                                        "A=b c",
                                                        "--label",
                                                        "l=v",
                                                        "--user",
                                                        "u",
                                                        "--mount",
                                                        "type=bind,source=/s,target=/t,ro=true",
                                                        "-p",
                                                        "127.0.0.1:1:2/tcp",
                                                        "--init",
                                                        "--cap-add",
                                                        "SYS_PTRACE",
                                                        "--security-opt",
                                                        "label=disable",
                                                        all_gpus,
                                                        "--pod",
                                                        "p",
                                                        "--entrypoint",
                                                        R"(["/bin/sh"])",
                                                        "i",
                                                        "-c",
                                                        "x y"}));
}

TEST(PodmanCommand, BuildsWhatItsServiceCannot) {
  EXPECT_FALSE(needs_command({.context = "c", .platform = "linux/amd64"}));
  BuildImageRequest request{.dockerfile = "f", .context = "c", .target = "t"};
  request.tags = {"x"};
  request.contexts = {{"n", "/d"}};
  EXPECT_TRUE(needs_command(request));
  EXPECT_EQ(build_command({"podman"}, request),
            (Words{"podman", "build", "-f", "f", "-t", "docker.io/library/x", "--target", "t",
                   "--build-context", "n=/d", "c"}));
  request.platform = "linux/amd64,linux/arm64";
  request.push = true;
  const auto words = build_command({"podman"}, request);
  EXPECT_NE(std::ranges::find(words, "--manifest"), words.end());
  EXPECT_EQ(push_commands({"podman"}, request),
            (std::vector<Words>{{"podman", "manifest", "push", "--all", "docker.io/library/x",
                                 "docker://docker.io/library/x"}}));
}

TEST(PodmanNames, AreThoseOfDocker) {
  EXPECT_EQ(engine::whole_name("x"), "docker.io/library/x");
  EXPECT_EQ(engine::whole_name("x:1"), "docker.io/library/x:1");
  EXPECT_EQ(engine::whole_name("o/x"), "docker.io/o/x");
  EXPECT_EQ(engine::whole_name("localhost/x"), "localhost/x");
  EXPECT_EQ(engine::whole_name("r.example:5000/x"), "r.example:5000/x");
}

constexpr auto rootless_info = R"({"host": {"security": {"rootless": true}, "idMappings":
  {"uidmap": [{"size": 1}, {"size": 65536}]}},
  "store": {"graphDriverName": "overlay", "graphRoot": "/g"}})";

TEST(PodmanChecks, TellHowItIsReachedAndWhatItHas) {
  EXPECT_TRUE(is_rootless(rootless_info));
  const auto checks = podman_checks(rootless_info, {"unix:///s", false});
  ASSERT_EQ(checks.size(), 3U);
  EXPECT_EQ(checks[0].message, "By the service at unix:///s.");
  EXPECT_EQ(checks[1].message, "Rootless, with 65537 ids.");
  EXPECT_EQ(checks[2].message, "overlay in /g.");
  EXPECT_NE(podman_checks(rootless_info, {"", true})[0].message.find("system service"),
            std::string::npos);
}

TEST(PodmanChecks, SayWhatIsMissing) {
  const auto checks = podman_checks(
      R"({"host": {"security": {"rootless": true}, "idMappings": {"uidmap": [{"size": 1}]}},
          "store": {"graphDriverName": "vfs"}})",
      {"unix:///s", false});
  EXPECT_EQ(checks[1].outcome, "bad");
  EXPECT_EQ(checks[2].outcome, "warning");
  EXPECT_EQ(podman_checks("{}", {})[1].message, "Runs as root.");
  EXPECT_THROW(podman_checks("[]", {}), Error);
}

TEST(PodmanEvents, HaveDockersNames) {
  const auto action = [](const char* word) {
    return engine::instance_event_from(std::string(R"({"Type":"container","Action":")") + word +
                                       R"(","Actor":{"ID":"1"}})")
        .action;
  };
  EXPECT_EQ(action("remove"), "destroy");
  EXPECT_EQ(action("died"), "die");
  EXPECT_EQ(action("start"), "start");
}

}  // namespace
}  // namespace fairlead::podman
