#pragma once

#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

using Variables = std::map<std::string, std::string>;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// What to run and how.
struct RunRequest {
  std::vector<std::string> argv;  ///< argv[0] is a path
  Variables environment;          ///< the whole of it
  std::string directory;
  std::string input;        ///< given on standard input, which is then closed
  bool keep_input = false;  ///< leave standard input open for `write`
  bool terminal = false;    ///< one pseudo-terminal, 30 rows by 100 columns, as all three streams
  milliseconds timeout{60'000};
};

/// How it ended. With a terminal everything stands in `out`.
struct RunResult {
  int exit_code = -1;  ///< 128+n after signal n
  std::string out;
  std::string err;
  bool timed_out = false;  ///< killed by us
  microseconds duration{0};
  microseconds cpu{0};    ///< user and system, of it and what it waited for
  long resident_kib = 0;  ///< the largest

  /// Everything that helps to understand a failure.
  std::string text() const;
};

/// A child in a process group of its own. Nothing moves while no `wait_…` function runs: there is
/// no thread behind it. Destroyed while running: KILL to the group.
class ChildProcess {
 public:
  explicit ChildProcess(RunRequest request);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  const std::string& out() const { return result_.out; }
  const std::string& err() const { return result_.err; }

  /// To the process alone, as `kill PID` does.
  void signal(int number) const;
  /// To the whole group, as a terminal's Ctrl-C does.
  void signal_group(int number) const;
  void write(std::string_view text) { input_ += text; }
  void close_input() { close_input_ = true; }
  /// Of a child with a terminal.
  void resize(int rows, int columns) const;
  bool echoes() const;

  /// False: the time is over or the child has ended without it.
  bool wait_for(const std::function<bool()>& condition, milliseconds timeout);
  bool wait_for_output(std::string_view text, milliseconds timeout);
  /// The child's end, or KILL when its time is over.
  RunResult finish();

 private:
  void step(milliseconds patience);
  void reap();
  milliseconds left() const;

  RunRequest request_;
  RunResult result_;
  std::string input_;
  bool close_input_ = false;
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  std::chrono::steady_clock::time_point started_;
};

/// Runs to the end.
RunResult run(RunRequest request);

}  // namespace fairlead::test
