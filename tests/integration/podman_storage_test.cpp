// What Podman's storage and the user's session may lack, each for real: a storage.conf of its own
// over folders of the test's.

#include "fixture.hpp"

#include <unistd.h>

#include <filesystem>

namespace fairlead::test {
namespace {

constexpr const char* mount_program = "/usr/bin/fuse-overlayfs";

/// Without a service in reach: the command starts one with this storage.
class PodmanStorage : public IntegrationTest {
 protected:
  std::string target_name() const override { return "podman-command"; }

  /// Podman keeps its state in `name`, by this driver.
  std::filesystem::path use_storage(const std::string& name, const std::string& driver,
                                    const std::string& more = {}) {
    const auto folder = test_run().below(name);
    const auto graph = (folder / "graph").string();
    write_file(folder / "storage.conf", "[storage]\ndriver = \"" + driver + "\"\ngraphroot = \"" +
                                            graph + "\"\nrootless_storage_path = \"" + graph +
                                            "\"\nrunroot = \"" + (folder / "run").string() +
                                            "\"\n" + more);
    test_run().set("CONTAINERS_STORAGE_CONF", (folder / "storage.conf").string());
    return folder;
  }

  /// Needs nothing but the storage.
  Workspace scratch() {
    const Workspace made = workspace();
    made.write(".devcontainer/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    write_file(made.config_file(), R"({"build": {"dockerfile": "Dockerfile"}})");
    return made;
  }

  void expect_told(const Workspace& project, const std::string& code, const std::string& what,
                   const std::string& advice) const {
    const RunResult up =
        run(fairlead({"up", "--json", "--workspace-folder", project.folder.string()}));
    EXPECT_EQ(up.exit_code, 1);
    EXPECT_EQ(json_at(up.out, "/code"), code) << up.text();
    EXPECT_NE(json_at(up.out, "/message").find(what), std::string::npos) << up.text();
    EXPECT_NE(json_at(up.out, "/hint").find(advice), std::string::npos) << up.text();
  }

  /// The files of other ids there are not the user's to remove; a mount of its own is in the way.
  void forget(const std::filesystem::path& storage) {
    const auto graph = storage / "graph";
    for (const char* mounted : {"overlay", ""}) {
      run({.argv = {"/usr/bin/env", "podman", "unshare", "umount", (graph / mounted).string()},
           .environment = test_run().environment()});
    }
    run({.argv = {"/usr/bin/env", "podman", "unshare", "rm", "-rf", storage.string()},
         .environment = test_run().environment()});
    std::error_code ignored;
    std::filesystem::remove_all(storage, ignored);
  }
};

TEST_F(PodmanStorage, SaysThatFuseIsMissing) {
  if (::access(mount_program, X_OK) != 0) GTEST_SKIP() << "skipped: no fuse-overlayfs";
  if (::access("/dev/fuse", R_OK | W_OK) == 0) GTEST_SKIP() << "skipped: /dev/fuse is open";
  const auto storage = use_storage(
      "fuse", "overlay",
      std::string("[storage.options.overlay]\nmount_program = \"") + mount_program + "\"\n");
  expect_told(scratch(), "podman.overlay", "/dev/fuse", "modprobe fuse");
  forget(storage);
}

TEST_F(PodmanStorage, SaysThatTheMountProgramIsMissing) {
  const auto storage = use_storage(
      "program", "overlay", "[storage.options.overlay]\nmount_program = \"/no/fuse-overlayfs\"\n");
  expect_told(scratch(), "podman.overlay", "/no/fuse-overlayfs", "Install fuse-overlayfs");
  forget(storage);
}

TEST_F(PodmanStorage, SaysThatTheFileSystemIsAnother) {
  const auto storage = use_storage("btrfs", "btrfs");
  expect_told(scratch(), "podman.overlay", "btrfs", "\"vfs\" that works everywhere");
  forget(storage);
}

class PodmanRuntimeFolder : public PodmanStorage {
 protected:
  void SetUp() override {
    PodmanStorage::SetUp();
    if (::geteuid() == 0) GTEST_SKIP() << "skipped: root needs no session";
  }
};

TEST_F(PodmanRuntimeFolder, MustBeWritable) {
  const auto closed = test_run().below("closed");
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(
      closed, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  test_run().set("XDG_RUNTIME_DIR", closed.string());
  expect_told(workspace(), "podman.runtime_dir", "permission denied", "loginctl enable-linger");
}

TEST_F(PodmanRuntimeFolder, MustBeAFolder) {
  const auto file = test_run().below("file");
  write_file(file, "");
  test_run().set("XDG_RUNTIME_DIR", file.string());
  expect_told(workspace(), "podman.runtime_dir", "not a directory", "loginctl enable-linger");
}

}  // namespace
}  // namespace fairlead::test
