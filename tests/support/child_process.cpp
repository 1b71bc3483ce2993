#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

extern "C" {  // glibc 2.36 forgot it in there
#include <sys/pidfd.h>
}

namespace fairlead::test {
namespace {

struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

Ends pipe_to_child() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return {UniqueFd(fds[1]), UniqueFd(fds[0])};
}

Ends pipe_from_child() {
  Ends ends = pipe_to_child();
  std::swap(ends.ours, ends.theirs);
  return ends;
}

Ends open_terminal() {
  winsize size{};
  size.ws_row = 30;
  size.ws_col = 100;
  int near = -1;
  int far = -1;
  if (::openpty(&near, &far, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty");
  ::fcntl(near, F_SETFD, FD_CLOEXEC);
  ::fcntl(far, F_SETFD, FD_CLOEXEC);
  return {UniqueFd(near), UniqueFd(far)};
}

void set_nonblocking(const UniqueFd& fd) {
  if (fd) ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

/// False at the end of the stream.
bool append_available(const UniqueFd& fd, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  text.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

microseconds to_microseconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// Streams, directory, group and signals of the child to be.
class Spawn {
 public:
  Spawn() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  /// The first terminal that a new session's leader opens becomes its controlling one.
  void terminal(const std::string& path) {
    ::posix_spawn_file_actions_addopen(&actions_, 0, path.c_str(), O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, 0, 1);
    ::posix_spawn_file_actions_adddup2(&actions_, 0, 2);
  }

  void stream(const UniqueFd& fd, int as) {
    ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), as);
  }

  pid_t start(const RunRequest& request, bool session) {
    if (!request.directory.empty()) {
      ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
    }
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    const int own = session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    ::posix_spawnattr_setflags(
        &attributes_, static_cast<short>(own | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    std::vector<std::string> words = request.argv;
    std::vector<std::string> variables;
    for (const auto& [name, value] : request.environment) variables.push_back(name + "=" + value);
    pid_t pid = -1;
    const int failure = ::posix_spawn(&pid, words[0].c_str(), &actions_, &attributes_,
                                      pointers(words).data(), pointers(variables).data());
    if (failure != 0) throw std::runtime_error("cannot run " + words[0]);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

std::string RunResult::text() const {
  return "exit " + std::to_string(exit_code) + (timed_out ? " (out of time)" : "") + " after " +
         std::to_string(duration.count() / 1000) + " ms\n--- out\n" + out.substr(0, 4000) +
         "\n--- err\n" + err.substr(0, 8000) + "\n";
}

ChildProcess::ChildProcess(RunRequest request)
    : request_(std::move(request)),
      input_(std::move(request_.input)),
      close_input_(!request_.keep_input),
      started_(std::chrono::steady_clock::now()) {
  Spawn spawn;
  if (request_.terminal) {
    Ends ends = open_terminal();
    std::array<char, 64> path{};
    ::ptsname_r(ends.ours.get(), path.data(), path.size());
    spawn.terminal(path.data());
    in_ = std::move(ends.ours);
    out_.reset(::fcntl(in_.get(), F_DUPFD_CLOEXEC, 3));
    close_input_ = false;  // a terminal is not half-closed
    pid_ = spawn.start(request_, true);
  } else {
    Ends in = pipe_to_child();
    Ends out = pipe_from_child();
    Ends err = pipe_from_child();
    spawn.stream(in.theirs, 0);
    spawn.stream(out.theirs, 1);
    spawn.stream(err.theirs, 2);
    in_ = std::move(in.ours);
    out_ = std::move(out.ours);
    err_ = std::move(err.ours);
    pid_ = spawn.start(request_, false);
  }
  pidfd_.reset(::pidfd_open(pid_, 0));
  ::fcntl(pidfd_.get(), F_SETFD, FD_CLOEXEC);
  for (const UniqueFd* fd : {&in_, &out_, &err_}) set_nonblocking(*fd);
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    reap();
  }
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void ChildProcess::signal_group(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

void ChildProcess::resize(int rows, int columns) const {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  ::ioctl(in_.get(), TIOCSWINSZ, &size);
}

bool ChildProcess::echoes() const {
  termios modes{};
  return ::tcgetattr(in_.get(), &modes) == 0 && (modes.c_lflag & ECHO) != 0;
}

milliseconds ChildProcess::left() const {
  const auto used = std::chrono::steady_clock::now() - started_;
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(request_.timeout - used));
}

void ChildProcess::reap() {
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  result_.duration =
      std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - started_);
  result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  result_.cpu = to_microseconds(usage.ru_utime) + to_microseconds(usage.ru_stime);
  result_.resident_kib = usage.ru_maxrss;
  pid_ = -1;
}

void ChildProcess::step(milliseconds patience) {
  if (input_.empty() && close_input_) in_.reset();
  std::array<pollfd, 4> entries = {pollfd{input_.empty() ? -1 : in_.get(), POLLOUT, 0},
                                   pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                                   pollfd{pid_ > 0 ? pidfd_.get() : -1, POLLIN, 0}};
  ::poll(entries.data(), entries.size(), static_cast<int>(patience.count()));
  if (entries[0].revents != 0) {
    const ssize_t size =
        ::write(in_.get(), input_.data(), std::min<std::size_t>(input_.size(), 1U << 20U));
    if (size > 0) input_.erase(0, static_cast<std::size_t>(size));
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
      input_.clear();  // nobody reads it any more
      close_input_ = true;
    }
  }
  if (entries[1].revents != 0 && !append_available(out_, result_.out)) out_.reset();
  if (entries[2].revents != 0 && !append_available(err_, result_.err)) err_.reset();
  if (entries[3].revents != 0) reap();
}

bool ChildProcess::wait_for(const std::function<bool()>& condition, milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    const auto patience =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const bool ended = pid_ < 0 && !out_ && !err_;
    if (ended || patience <= milliseconds(0)) return false;
    step(
        std::min(patience, milliseconds(20)));  // the condition may depend on more than our streams
  }
  return true;
}

bool ChildProcess::wait_for_output(std::string_view text, milliseconds timeout) {
  return wait_for(
      [&] {
        return result_.out.find(text) != std::string::npos ||
               result_.err.find(text) != std::string::npos;
      },
      timeout);
}

RunResult ChildProcess::finish() {
  while (pid_ > 0 && left() > milliseconds(0)) step(left());
  if (pid_ > 0) {
    result_.timed_out = true;
    ::kill(-pid_, SIGKILL);
    reap();
  }
  // What it started may hold the streams open; a second is enough for what is on its way.
  const auto deadline = std::chrono::steady_clock::now() + milliseconds(1000);
  while ((out_ || err_) && std::chrono::steady_clock::now() < deadline) step(milliseconds(100));
  return result_;
}

RunResult run(RunRequest request) { return ChildProcess(std::move(request)).finish(); }

}  // namespace fairlead::test
