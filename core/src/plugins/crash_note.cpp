#include "plugins/crash_note.hpp"

#include <fairlead/plugins.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <utility>

namespace fairlead {

namespace {

// Plain pointers: a signal handler may read these and nothing with a constructor.
thread_local const char* volatile current_plugin = nullptr;
thread_local const char* volatile current_operation = nullptr;

void put(const char* text) {
  // Nothing can be done about a failed write in a dying process.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text));
}

void on_crash(int signal) {
  if (current_plugin != nullptr) {
    put("\nfairlead: the plugin '");
    put(current_plugin);
    put("' crashed in its operation '");
    put(current_operation);
    put("'. Running the same command again goes on from here.\n");
  }
  ::raise(signal);  // SA_RESETHAND: the default action ends us with the right status
}

}  // namespace

InPlugin::InPlugin(const char* plugin, const char* operation) noexcept
    : plugin_before_(current_plugin), operation_before_(current_operation) {
  current_operation = operation;
  std::atomic_signal_fence(std::memory_order_release);
  current_plugin = plugin;
}

InPlugin::~InPlugin() {
  current_plugin = plugin_before_;
  std::atomic_signal_fence(std::memory_order_release);
  current_operation = operation_before_;
}

void report_plugin_crashes() {
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  sigemptyset(&action.sa_mask);
  constexpr std::array signals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
  for (const int signal : signals) ::sigaction(signal, &action, nullptr);
}

}  // namespace fairlead
