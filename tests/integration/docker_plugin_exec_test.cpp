// Commands through Docker's plugin: what they see, their terminals, signals and ends.

#include "docker_plugin_fixture.hpp"

#include <poll.h>

#include <stop_token>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

TEST_F(DockerPluginTest, PassesUserFolderAndVariables) {
  const auto id = started();
  auto request = script(id, "echo $(id -u) $PWD $GREETING");
  request.user = "12:34";
  request.working_directory = "/tmp/";
  request.env = {{"GREETING", "a=b c"}};
  const auto output = run(request);
  EXPECT_EQ(output.out, "12 /tmp a=b c\n");
}

TEST_F(DockerPluginTest, ReportsCommandsThatCannotBeStarted) {
  const auto id = started();
  ExecRequest request;
  request.id = id;
  request.argv = {"no-such-command"};
  const auto output = run(request);
  EXPECT_TRUE(output.exit_code == 126 || output.exit_code == 127) << output.exit_code;
  EXPECT_NE((output.out + output.err).find("not found"), std::string::npos);
  EXPECT_EQ(shell(id, "kill -KILL $$").exit_code, 137);
}

TEST_F(DockerPluginTest, RefusesACommandInAStoppedContainer) {
  const auto id = backend_->create(sleeper(), {}).id;
  ExecRequest request;
  request.id = id;
  request.argv = {"true"};
  EXPECT_EQ(failure_of([&] { backend_->exec(request, {}); }).code(), "instance.not_running");
}

TEST_F(DockerPluginTest, GivesATerminalWithItsSize) {
  const auto id = started();
  // Engines before 23 take the size only once the command runs.
  auto request = script(id,
                        "for i in $(seq 200); do stty size 2>/dev/null | grep . && break; "
                        "sleep 0.05; done; tty");
  request.terminal = Terminal{{31, 97}, "xterm"};
  const auto output = run(request);
  EXPECT_EQ(output.out.substr(0, 7), "31 97\r\n") << output.out;
}

TEST_F(DockerPluginTest, ResizesTheTerminal) {
  const auto id = started();
  auto request = script(id, "until [ \"$(stty size)\" = '50 132' ]; do sleep 0.05; done; exit 4");
  request.terminal = Terminal{{24, 80}, "xterm"};
  Running running(*backend_, request);
  // The process may take its size only a moment after `started`.
  ASSERT_TRUE(wait_until(10s, [&] {
    const auto error = failure_of([&] {
      backend_->exec_control({running.started(), TerminalSize{50, 132}, ""}, {});
    });
    return error.status() == Status::ok;
  }));
  EXPECT_EQ(running.exit_code(), 4);
}

TEST_F(DockerPluginTest, SignalsTheWholeProcessGroup) {
  const auto id = started();
  Running running(*backend_, script(id,
                                    "trap 'exit 42' USR1; touch /tmp/up; "
                                    "sh -c 'sleep 300' & while :; do sleep 0.05; done"));
  ASSERT_TRUE(wait_until(10s, [&] { return shell(id, "test -f /tmp/up").exit_code == 0; }));
  backend_->exec_control({running.started(), {}, "USR1"}, {});
  EXPECT_EQ(running.exit_code(), 42);
  EXPECT_EQ(processes(id), std::vector<std::string>{});
  const auto error = failure_of([&] {
    backend_->exec_control({running.started(), {}, "TERM"}, {});
  });
  EXPECT_EQ(error.code(), "exec.not_found");
}

TEST_F(DockerPluginTest, RefusesUnknownSignals) {
  const auto id = started();
  Running running(*backend_, script(id, "sleep 300"));
  const auto error = failure_of([&] {
    backend_->exec_control({running.started(), {}, "NOSUCH"}, {});
  });
  EXPECT_EQ(error.code(), "exec.signal");
  running.cancel();
  EXPECT_EQ(failure_of([&] { running.exit_code(); }).status(), Status::cancelled);
}

class DockerPluginCancelTest : public DockerPluginTest,
                               public ::testing::WithParamInterface<int> {};

TEST_P(DockerPluginCancelTest, LeavesNoProcess) {
  const auto id = started();
  CallOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  const auto request =
      script(id, "sh -c \"trap '' TERM; sleep 300\" & sleep 301 & wait; sleep 302");
  const std::jthread canceller([&] {
    ::poll(nullptr, 0, GetParam());
    stop.request_stop();
  });
  const auto error = failure_of([&] { backend_->exec(request, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }))
      << ::testing::PrintToString(processes(id));
}

INSTANTIATE_TEST_SUITE_P(AfterMilliseconds, DockerPluginCancelTest,
                         ::testing::Values(0, 5, 20, 50, 500));

}  // namespace
}  // namespace fairlead::test
