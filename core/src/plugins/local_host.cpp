#include "plugins/local_dial.hpp"
#include "plugins/local_process.hpp"
#include "plugins/stop_fd.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>
#include <fairlead/sdk/pump.hpp>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {

namespace {

// After the command has ended: what it wrote is there already, and a daemon that it left behind may
// hold the terminal for ever.
constexpr int drain_ms = 500;

UniqueFd take(CallOptions& options, FdRef ref) {
  if (!ref || static_cast<std::size_t>(ref.fd) >= options.fds.size()) return {};
  return std::move(options.fds[static_cast<std::size_t>(ref.fd)]);
}

std::string oci_architecture(std::string machine) {
  static const std::map<std::string, std::string> names = {
      {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"}, {"i686", "386"}};
  const auto known = names.find(machine);
  return known == names.end() ? machine : known->second;
}

void pump_until_end(int from, int to, int cancel_fd) {
  try {
    sdk::pump(from, to, cancel_fd);
  } catch (const Error&) {  // the terminal is gone: the command's end says the rest
    return;
  }
}

// Moves bytes between a pseudo terminal and the caller's streams while the command runs.
class TerminalPump {
 public:
  TerminalPump(int terminal, ProcessStreams streams) : streams_(std::move(streams)), ended_({}) {
    if (streams_.in) {
      in_ = std::thread(pump_until_end, streams_.in.get(), terminal, stop_in_.get());
    }
    if (streams_.out) {
      out_ = std::thread([this, terminal] {
        pump_until_end(terminal, streams_.out.get(), stop_out_.get());
        ended_.raise();
      });
    }
  }
  ~TerminalPump() {
    stop_in_.raise();
    if (in_.joinable()) in_.join();
    pollfd ended{ended_.get(), POLLIN, 0};
    if (out_.joinable()) ::poll(&ended, 1, drain_ms);
    stop_out_.raise();
    if (out_.joinable()) out_.join();
  }
  TerminalPump(const TerminalPump&) = delete;
  TerminalPump& operator=(const TerminalPump&) = delete;

 private:
  ProcessStreams streams_;
  StopFd stop_in_{{}};
  StopFd stop_out_{{}};
  StopFd ended_;
  std::thread in_;
  std::thread out_;
};

void describe_size(HostDescription& found) {
  found.cpus = static_cast<double>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 0L));
  const auto pages = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  found.memory_bytes = pages * static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
  struct statvfs disk {};
  if (::statvfs(found.home.empty() ? "/" : found.home.c_str(), &disk) == 0) {
    found.storage_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
}

class LocalHost final : public Host {
 public:
  void open(const HostOpenRequest& /*request*/, CallOptions /*options*/) override {}
  void close(CallOptions /*options*/) override {}

  HostDescription describe(CallOptions /*options*/) override {
    HostDescription found;
    utsname system{};
    ::uname(&system);
    found.os = "linux";
    found.arch = oci_architecture(system.machine);
    found.uid = static_cast<int>(::getuid());
    found.gid = static_cast<int>(::getgid());
    found.local = true;
    passwd entry{};
    passwd* user = nullptr;
    std::array<char, 4096> buffer{};
    ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &user);
    if (user != nullptr) found.user = user->pw_name;
    if (user != nullptr) found.home = user->pw_dir;
    describe_size(found);
    return found;
  }

  SpawnReply spawn(const SpawnRequest& request, CallOptions options) override {
    const StopFd stop(options.stop);
    ProcessStreams streams{take(options, request.in), take(options, request.out),
                           take(options, request.err)};
    if (!request.terminal) {
      const auto process = start_process(request, std::move(streams));
      return run(process, options, stop);
    }
    const auto process = start_process(request, {});
    const TerminalPump pump(process.terminal.get(), std::move(streams));
    return run(process, options, stop);
  }

  void spawn_control(const SpawnControlRequest& request, CallOptions /*options*/) override {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(request.process);
    if (found == running_.end()) {
      throw Error(Status::not_found, "host.process_not_found",
                  "There is no running process '" + request.process + "'.");
    }
    const auto& process = *found->second;
    if (request.resize && process.terminal) {
      winsize size{};
      size.ws_row = static_cast<unsigned short>(request.resize->rows);
      size.ws_col = static_cast<unsigned short>(request.resize->cols);
      ::ioctl(process.terminal.get(), TIOCSWINSZ, &size);
    }
    if (request.signal.empty()) return;
    const int number = signal_number(request.signal);
    if (number == 0) {
      throw Error(Status::invalid, "host.signal",
                  "There is no signal '" + request.signal + "' to send.");
    }
    ::kill(-process.pid, number);
  }

  UniqueFd dial(const HostDialRequest& request, CallOptions options) override {
    const StopFd stop(options.stop);
    return dial_local(request, stop.get(), options.timeout);
  }

 private:
  // In `running_` exactly as long as the number is the process's own.
  SpawnReply run(const LocalProcess& process, const CallOptions& options, const StopFd& stop) {
    const auto id = std::to_string(process.pid) + '-' + std::to_string(++started_);
    set_running(id, &process);
    try {
      if (options.on_event) options.on_event(Event{.started = id});
    } catch (...) {
      stop.raise();
      wait_process(process, stop.get(), {}, [&] { set_running(id, nullptr); });
      throw;
    }
    const auto result =
        wait_process(process, stop.get(), options.timeout, [&] { set_running(id, nullptr); });
    if (result.end == ProcessEnd::cancelled) {
      throw Error(Status::cancelled, "call.cancelled", "the command was cancelled");
    }
    if (result.end == ProcessEnd::timeout) {
      throw Error(
          Status::timeout, "call.timeout",
          "the command did not end within " + std::to_string(options.timeout.count()) + " ms");
    }
    return {result.exit_code};
  }

  void set_running(const std::string& id, const LocalProcess* process) {
    const std::lock_guard lock(mutex_);
    if (process == nullptr) {
      running_.erase(id);
    } else {
      running_[id] = process;
    }
  }

  std::mutex mutex_;
  std::map<std::string, const LocalProcess*> running_;
  std::atomic<unsigned> started_ = 0;
};

}  // namespace

std::shared_ptr<Host> local_host() { return std::make_shared<LocalHost>(); }

}  // namespace fairlead
