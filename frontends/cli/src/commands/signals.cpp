#include "commands/signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace fairlead::cli {
namespace {

std::atomic<int> first_signal{0};

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH}) sigaddset(&set, number);
  return set;
}

/// The last signal is the destructor's.
void deliver(const std::stop_token& stop, const std::function<void(int)>& handler) {
  const auto set = handled_signals();
  while (!stop.stop_requested()) {
    const int number = ::sigwaitinfo(&set, nullptr);
    if (number > 0 && !stop.stop_requested()) handler(number);
  }
}

}  // namespace

Signals::Signals(std::function<void(int)> handler) {
  const auto set = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::jthread(
      [handler = std::move(handler)](const std::stop_token& stop) { deliver(stop, handler); });
}

Signals::~Signals() {
  thread_.request_stop();
  // Wakes the thread at once; the signal's own meaning is nothing.
  ::pthread_kill(thread_.native_handle(), SIGWINCH);
}

StopOnSignal::StopOnSignal(const Arguments& arguments)
    : token_(arguments.caller() != nullptr ? arguments.caller()->stop : source_.get_token()) {
  if (arguments.caller() == nullptr) signals_.emplace([this](int number) { on_signal(number); });
}

void StopOnSignal::on_signal(int number) {
  if (number == SIGWINCH || number == SIGQUIT) return;
  if (exit_code_ != 0) ::_exit(128 + number);
  exit_code_ = 128 + number;
  first_signal = number;
  source_.request_stop();
}

int status_when_cancelled() { return first_signal == 0 ? 1 : 128 + first_signal; }

}  // namespace fairlead::cli
