#include "plugins/local_process.hpp"

#include "base/paths.hpp"
#include "plugins/spawn_steps.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace fairlead {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto term_grace = std::chrono::seconds(3);

Error spawn_error(const std::string& program, int error) {
  return {Status::failed, "host.spawn", "cannot start '" + program + "': " + std::strerror(error)};
}

Environment environment_of(const SpawnRequest& request) {
  auto environment = request.clean_env ? Environment{} : capture_environment();
  for (const auto& [name, value] : request.env) environment[name] = value;
  if (request.terminal) environment["TERM"] = request.terminal->term;
  return environment;
}

bool is_program(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

// As a path that the child, in its own working directory, can execute: entries of PATH that are
// relative start there.
std::string find_program(const std::string& name, const Environment& environment,
                         const std::string& working_directory) {
  if (name.find('/') != std::string::npos) return name;
  const auto path = environment.find("PATH");
  std::string_view rest =
      path != environment.end() ? std::string_view(path->second) : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    auto candidate = (folder.empty() ? "." : std::string(folder)) + '/' + name;
    const bool starts_there = candidate.front() != '/' && !working_directory.empty();
    if (is_program(starts_there ? working_directory + '/' + candidate : candidate))
      return candidate;
  }
  throw Error(Status::not_found, "host.command_not_found",
              "There is no command '" + name + "' on this machine.",
              "Install it, or add its folder to PATH.");
}

// The steps overwrite 0, 1 and 2 one after the other: a source must not stand there.
UniqueFd above_standard(UniqueFd fd) {
  if (!fd || fd.get() > STDERR_FILENO) return fd;
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!moved) throw spawn_error("a command", errno);
  return moved;
}

UniqueFd open_terminal(const TerminalSize& size, std::string& path) {
  UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 128> name{};
  if (!terminal || ::grantpt(terminal.get()) != 0 || ::unlockpt(terminal.get()) != 0 ||
      ::ptsname_r(terminal.get(), name.data(), name.size()) != 0) {
    throw Error(Status::failed, "host.terminal",
                std::string("cannot open a pseudo terminal: ") + std::strerror(errno));
  }
  winsize rows_and_cols{};
  rows_and_cols.ws_row = static_cast<unsigned short>(size.rows);
  rows_and_cols.ws_col = static_cast<unsigned short>(size.cols);
  ::ioctl(terminal.get(), TIOCSWINSZ, &rows_and_cols);
  path = name.data();
  return terminal;
}

void require_folder(const std::string& folder) {
  if (folder.empty()) return;
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    throw Error(Status::not_found, "host.folder_not_found",
                "The working directory " + folder + " does not exist on this machine.");
  }
}

int poll_until(int pidfd, int cancel_fd, Clock::time_point deadline) {
  std::array<pollfd, 2> fds{{{pidfd, POLLIN, 0}, {cancel_fd, POLLIN, 0}}};
  int wait_ms = -1;
  if (deadline != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    wait_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
  }
  ::poll(fds.data(), cancel_fd < 0 ? 1 : 2, wait_ms);
  if (fds[0].revents != 0) return pidfd;
  return cancel_fd >= 0 && fds[1].revents != 0 ? cancel_fd : -1;
}

int reap(const LocalProcess& process) {
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(process.pidfd.get()), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

}  // namespace

LocalProcess start_process(const SpawnRequest& request, ProcessStreams streams) {
  if (request.argv.empty() || request.argv.front().empty()) {
    throw Error(Status::invalid, "host.spawn", "there is no command to run");
  }
  const auto environment = environment_of(request);
  const auto program = find_program(request.argv.front(), environment, request.working_directory);

  require_folder(request.working_directory);
  LocalProcess process;
  SpawnSteps steps{.program = program,
                   .argv = request.argv,
                   .variables = {},
                   .terminal = {},
                   .folder = request.working_directory};
  streams = {above_standard(std::move(streams.in)), above_standard(std::move(streams.out)),
             above_standard(std::move(streams.err))};
  steps.streams = {streams.in.get(), streams.out.get(), streams.err.get()};
  if (request.terminal) process.terminal = open_terminal(request.terminal->size, steps.terminal);
  for (const auto& [name, value] : environment) steps.variables.push_back(name + '=' + value);
  const int error = spawn(std::move(steps), process.pid);
  if (error == ENOENT) {
    throw Error(Status::not_found, "host.command_not_found",
                "There is no command '" + program + "' on this machine.");
  }
  if (error != 0) throw spawn_error(program, error);
  process.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!process.pidfd) {
    const int why = errno;
    ::kill(-process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
    throw spawn_error(program, why);
  }
  return process;
}

ProcessResult wait_process(const LocalProcess& process, int cancel_fd,
                           std::chrono::milliseconds timeout,
                           const std::function<void()>& before_reap) {
  ProcessResult result;
  auto deadline = timeout.count() > 0 ? Clock::now() + timeout : Clock::time_point::max();
  for (;;) {
    const int ready = poll_until(process.pidfd.get(), cancel_fd, deadline);
    if (ready == process.pidfd.get()) break;
    const bool over = Clock::now() >= deadline;
    if (result.end != ProcessEnd::exited) {
      if (over) ::kill(-process.pid, SIGKILL);
      if (over) deadline = Clock::time_point::max();
      continue;
    }
    if (ready < 0 && !over) continue;  // a signal woke us
    result.end = ready >= 0 ? ProcessEnd::cancelled : ProcessEnd::timeout;
    ::kill(-process.pid, SIGTERM);
    deadline = Clock::now() + term_grace;
    cancel_fd = -1;
  }
  // Before it is reaped: until then nobody else can have its number.
  if (result.end != ProcessEnd::exited) ::kill(-process.pid, SIGKILL);
  if (before_reap) before_reap();
  result.exit_code = reap(process);
  return result;
}

int signal_number(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, int>, 12> names{{{"HUP", SIGHUP},
                                                                    {"INT", SIGINT},
                                                                    {"QUIT", SIGQUIT},
                                                                    {"KILL", SIGKILL},
                                                                    {"TERM", SIGTERM},
                                                                    {"USR1", SIGUSR1},
                                                                    {"USR2", SIGUSR2},
                                                                    {"STOP", SIGSTOP},
                                                                    {"TSTP", SIGTSTP},
                                                                    {"CONT", SIGCONT},
                                                                    {"WINCH", SIGWINCH},
                                                                    {"ABRT", SIGABRT}}};
  const std::string_view bare =
      name.starts_with("SIG") ? std::string_view(name).substr(3) : std::string_view(name);
  for (const auto& [known, number] : names) {
    if (known == bare) return number;
  }
  return 0;
}

}  // namespace fairlead
