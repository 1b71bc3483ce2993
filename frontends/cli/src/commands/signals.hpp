#pragma once

#include "arguments.hpp"

#include <atomic>
#include <csignal>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

namespace fairlead::cli {

/// Takes the process' signals as events: INT, TERM, HUP, QUIT and WINCH arrive on a thread of ours
/// instead of interrupting anything. Made first thing in a command, before it starts threads (they
/// inherit the blocked mask); one at a time.
class Signals {
 public:
  /// `handler` gets the number of each signal, on this object's thread.
  explicit Signals(std::function<void(int)> handler);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::jthread thread_;
};

/// INT, TERM and HUP end the operation; a second one ends the process. `exit_code` is 128+n once
/// one arrived.
class StopOnSignal {
 public:
  /// A caller that is not the process has a stop token of its own, and then signals are nobody's
  /// business here.
  explicit StopOnSignal(const Arguments& arguments);
  std::stop_token token() const { return token_; }
  int exit_code() const { return exit_code_; }
  /// The same of a command that waits for Ctrl-C, for which that is the way to end it well.
  int exit_code_of_waiting() const { return exit_code_ == 128 + SIGINT ? 0 : exit_code_.load(); }

 private:
  void on_signal(int number);

  std::stop_source source_;
  std::atomic<int> exit_code_{0};
  std::stop_token token_;
  std::optional<Signals> signals_;  ///< last: its thread uses the rest
};

/// The exit status of a command that was cancelled: 128+n when a signal did it.
int status_when_cancelled();

}  // namespace fairlead::cli
