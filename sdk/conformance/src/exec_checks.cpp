#include "checks.hpp"

#include <poll.h>

#include <array>
#include <future>
#include <thread>

namespace fairlead::conformance {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bulk = std::size_t{64} << 20U;

void exit_codes(World& world) {
  world.begin();
  require(world.run("exit 0").exit_code == 0, "status 0");
  require(world.run("exit 3").exit_code == 3, "status 3");
  require(world.run("kill -9 $$").exit_code == 137, "status 137 after KILL");
}

void no_such_command(World& world) {
  world.begin();
  auto request = world.shell("");
  request.argv = {"/no/such/command"};
  const int code = world.run(request, {}).exit_code;  // 126 is Docker 20.10's word for it
  require(code == 127 || code == 126, "status 127 or 126 for a command that is not there");
}

void streams_apart(World& world) {
  world.begin();
  const auto said = world.run("echo out; echo err >&2");
  require(said.out == "out\n" && said.err == "err\n", "both streams stay apart");
}

void bytes_both_ways(World& world) {
  world.begin();
  const auto bytes = noise(bulk);
  require(world.run("cat", bytes).out == bytes, "64 MiB in and out, byte for byte");
}

void input_ends(World& world) {
  world.begin();
  require(world.run("cat >/dev/null; echo ended", "x").out == "ended\n",
          "the end of input arrives");
}

void terminal(World& world) {
  if (!world.subject().capabilities().exec_tty) throw Absent("it has no terminals");
  world.begin();
  auto request = world.shell(
      "for i in $(seq 400); do stty size 2>/dev/null | grep -q '31 97' && break; sleep 0.05; done; "
      "stty size; echo $TERM; test -t 0 && test -t 1 && echo both");
  request.terminal = Terminal{{31, 97}, "xterm-test"};
  require(world.run(request, {}).out == "31 97\r\nxterm-test\r\nboth\r\n",
          "a terminal with its size and kind");
}

void environment(World& world) {
  auto create = world.sleeper();
  create.env = {{"FROM_CREATE", "a 'b' $c"}};
  world.begin(create);
  auto request = world.shell("printf '%s|%s|%s' \"$FROM_CREATE\" \"$FROM_EXEC\" \"$(pwd)\"");
  request.env = {{"FROM_EXEC", "x\ny"}};
  request.working_directory = "/tmp";
  require(world.run(request, {}).out == "a 'b' $c|x\ny|/tmp", "environment and folder");
}

void user(World& world) {
  if (!world.subject().capabilities().exec_user) throw Absent("commands have one user");
  world.begin();
  auto request = world.shell("id -u; id -g");
  request.user = "1234:4321";
  require(world.run(request, {}).out == "1234\n4321\n", "user and group");
}

/// A command in the background, announced.
class Background {
 public:
  Background(World& world, const std::string& script) {
    Run run;
    run.stop = stop_.get_token();
    run.on_event = [this](const Event& event) {
      if (event.started) name_.set_value(*event.started);
    };
    end_ = std::async(std::launch::async,
                      [&world, request = world.shell(script), run = std::move(run)]() mutable {
                        return world.subject().exec(request, std::move(run));
                      });
  }
  ~Background() { stop_.request_stop(); }  // a check that failed waits for nothing
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  std::string name() {
    auto name = name_.get_future();
    require(name.wait_for(30s) == std::future_status::ready, "a command is announced");
    return name.get();
  }
  int exit_code() { return end_.get(); }

 private:
  std::stop_source stop_;
  std::promise<std::string> name_;
  std::future<int> end_;
};

void signals(World& world) {
  if (!world.subject().capabilities().exec_signal) throw Absent("commands cannot be signalled");
  world.begin();
  Background command(world, "trap 'exit 42' USR1; touch /tmp/up; while :; do sleep 0.05; done");
  const auto name = command.name();
  world.wait_for([&] { return world.run("test -f /tmp/up").exit_code == 0; }, "the command runs");
  world.subject().exec_control({.exec = name, .resize = {}, .signal = "USR1"});
  require(command.exit_code() == 42, "a signal reaches the command");
}

/// By the number that its arguments carry.
bool runs(World& world, const std::string& number) {
  const auto pattern = number.substr(0, 1) + "[" + number.substr(1, 1) + "]" + number.substr(2);
  return world
             .run("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -q 'sleep " +
                  pattern + "'")
             .exit_code == 0;
}

void cancelled_after(World& world, std::chrono::milliseconds time) {
  const auto number = std::to_string(73000 + time.count());
  std::stop_source stop;
  const std::jthread canceller([&] {
    ::poll(nullptr, 0, static_cast<int>(time.count()));
    stop.request_stop();
  });
  Run run;
  run.stop = stop.get_token();
  auto status = Status::ok;
  try {
    auto request = world.shell("");
    request.argv = {"sleep", number};
    world.subject().exec(request, std::move(run));
  } catch (const Error& error) {
    status = error.status();
  }
  require(status == Status::cancelled, "a cancelled command ends as cancelled");
  world.wait_for(
      [&] { return !runs(world, number); },
      "nothing of a command that is cancelled after " + std::to_string(time.count()) + " ms");
}

void cancellation(World& world) {
  world.begin();
  for (const auto time : {0ms, 50ms, 500ms}) cancelled_after(world, time);
}

constexpr std::array checks{Check{"exit codes 0, 3, 137", exit_codes},
                            Check{"no such command", no_such_command},
                            Check{"streams apart", streams_apart},
                            Check{"64 MiB each way", bytes_both_ways},
                            Check{"end of input", input_ends},
                            Check{"terminal", terminal},
                            Check{"environment and folder", environment},
                            Check{"user", user},
                            Check{"signals", signals},
                            Check{"cancellation leaves no process", cancellation}};

}  // namespace

std::span<const Check> exec_checks() { return checks; }

}  // namespace fairlead::conformance
