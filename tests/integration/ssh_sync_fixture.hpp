#pragma once

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

#include <filesystem>
#include <string>

namespace fairlead::test {

namespace fs = std::filesystem;

constexpr milliseconds patience{60'000};

/// A folder of this machine and its copy on a host.
class SshSyncTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    SshHostTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_TRUST", "always");
    test_run().set("FAIRLEAD_CONTENT", "sync");
    test_run().set("FAIRLEAD_BACKEND", "ssh-remote");
    test_run().set("FAIRLEAD_PORT_NAMES", "0");
    enter_as("box");
  }
  void TearDown() override {
    if (there_) {
      fairlead({"down", "--workspace-folder", project_.string()});
      fairlead({"background", "--stop"});
    }
    SshWorkspaceTest::TearDown();
  }

  void enter_as(const std::string& account) {
    enter(account);
    test_run().set("FAIRLEAD_HOST", "ssh://" + account);
    test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
    project_ = test_run().below("work") / "project";
    write(".devcontainer.json", R"({"name": "synced"})");
  }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((project_ / path).parent_path());
    write_file(project_ / path, text);
  }
  std::string here(const std::string& path) const {
    return fs::exists(project_ / path) ? read_file(project_ / path) : "(none)";
  }
  std::string there(const std::string& path) {
    return shell(*there_, "cat '" + folder_ + '/' + path + "' 2>/dev/null || echo '(none)'").out;
  }
  bool arrives(const std::string& path, const std::string& text) {
    return wait_until(patience, [&] { return there(path) == text; });
  }

  RunResult up() { return fairlead({"up", "--json", "--workspace-folder", project_.string()}); }
  RunResult sync(const std::string& action) {
    return fairlead({"sync", action, "--json", "--workspace-folder", project_.string()});
  }
  void follow_no_more() { EXPECT_EQ(fairlead({"background", "--stop"}).exit_code, 0); }

  fs::path project_;
};

}  // namespace fairlead::test
