#pragma once

#include "support/child_process.hpp"
#include "support/leak_guard.hpp"
#include "support/test_run.hpp"

#include <fairlead/error.hpp>
#include <fairlead/events.hpp>
#include <fairlead/plugins.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::test {

/// How a command on a host ended.
struct HostRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A test of the ssh plugin against the machine of tests/support/hosts/with-hosts, through the same
/// registry that the core uses. Every test logs in anew and ends its connections.
class SshHostTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// The host of that name, not yet connected; `settings` are plugins.ssh's, as JSON.
  std::shared_ptr<Host> host(const std::string& name, const std::string& settings = "{}");
  static HostRun run_on(Host& host, SpawnRequest request, const std::string& input = {},
                        CallOptions options = {});
  /// `sh -c script` there.
  static HostRun shell(Host& host, const std::string& script);
  /// What `describe` fails with.
  Error refusal(const std::string& name, const std::string& settings = "{}");

  /// Cuts or mends the link to the machine.
  static void set_link(bool up);
  /// The link is cut until this goes.
  struct CutLink {
    CutLink() { set_link(false); }
    ~CutLink() { set_link(true); }
    CutLink(const CutLink&) = delete;
    CutLink& operator=(const CutLink&) = delete;
  };
  /// What a connection to that port of this machine is told; empty: nothing.
  static std::string said_by(int port);
  /// The processes on this machine that hold a connection of this test's.
  std::vector<std::string> masters() const;
  /// Whether the machine comes to see one connection of ours: those of tests before this one, whose
  /// link was cut, end there when their last words have come through.
  bool has_one_connection(Host& host);
  void end_masters() const;

  TestRun& test_run() { return *run_; }

 private:
  std::unique_ptr<TestRun> run_;
  std::shared_ptr<EventSink> sink_;
  std::unique_ptr<PluginRegistry> plugins_;
  std::optional<LeakGuard> guard_;
};

/// The same with a workspace folder of an account there, and the program itself. The folder goes
/// with the test.
class SshWorkspaceTest : public SshHostTest {
 protected:
  void TearDown() override;

  /// From now on the host is this account's.
  void enter(const std::string& account);
  /// The same, with the user's trust, for a machine on which the script `needs` succeeds; the test
  /// is skipped where it does not, because there is no `what`.
  void enter_where(const std::string& needs, const std::string& what,
                   const std::string& account = "box");
  void put(const std::string& file, const std::string& content);
  /// devcontainer.json with these members.
  void configure(const std::string& members);
  /// ssh://ACCOUNT/FOLDER
  std::string address() const { return "ssh://" + account_ + folder_; }

  RunRequest request(std::vector<std::string> words);
  RunResult fairlead(std::vector<std::string> words) { return run(request(std::move(words))); }
  /// The same on a machine of another name, with nothing kept in common.
  RunResult elsewhere(std::vector<std::string> words);
  /// A command about the workspace, with `usual_` and `more`.
  RunResult on_host(const std::string& command, const std::vector<std::string>& more = {});
  RunResult up() { return on_host("up", {"--json", "--wait"}); }
  RunResult exec(const std::vector<std::string>& command) { return on_host("exec", command); }

  static constexpr const char* docker_there = "test -S /var/run/docker.sock";

  std::string account_;
  std::shared_ptr<Host> there_;
  std::string folder_;
  std::vector<std::string> usual_;  ///< options of every command about the workspace
};

}  // namespace fairlead::test
