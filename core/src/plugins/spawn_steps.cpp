#include "plugins/spawn_steps.hpp"

#include "base/descriptor_limit_of_children.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace fairlead {
namespace {

class FileActions {
 public:
  explicit FileActions(const SpawnSteps& steps) {
    posix_spawn_file_actions_init(&raw_);
    for (int target = 0; target < 3; ++target) wire(steps, target);
    posix_spawn_file_actions_addclosefrom_np(&raw_, STDERR_FILENO + 1);
    if (!steps.folder.empty()) {
      posix_spawn_file_actions_addchdir_np(&raw_, steps.folder.c_str());
    }
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&raw_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &raw_; }

 private:
  void wire(const SpawnSteps& steps, int target) {
    const int stream = steps.streams.at(static_cast<std::size_t>(target));
    if (!steps.terminal.empty() && target > 0) {
      posix_spawn_file_actions_adddup2(&raw_, STDIN_FILENO, target);
    } else if (!steps.terminal.empty()) {  // becomes the controlling one
      posix_spawn_file_actions_addopen(&raw_, target, steps.terminal.c_str(), O_RDWR, 0);
    } else if (stream >= 0) {
      posix_spawn_file_actions_adddup2(&raw_, stream, target);
    } else {
      posix_spawn_file_actions_addopen(&raw_, target, "/dev/null",
                                       target == 0 ? O_RDONLY : O_WRONLY, 0);
    }
  }

  posix_spawn_file_actions_t raw_{};
};

class Attributes {
 public:
  explicit Attributes(bool session) {
    posix_spawnattr_init(&raw_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&raw_, &none);
    posix_spawnattr_setsigdefault(&raw_, &all);
    posix_spawnattr_setpgroup(&raw_, 0);
    // A session leader leads its process group as well.
    const int group = session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(
        &raw_, static_cast<short>(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~Attributes() { posix_spawnattr_destroy(&raw_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &raw_; }

 private:
  posix_spawnattr_t raw_{};
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// From here to `by_vfork`: in the child, which borrows our memory. Nothing may be allocated, locked
// or thrown.

bool wire_in_child(const SpawnSteps& steps, int target) {
  const int stream = steps.streams[static_cast<std::size_t>(target)];
  if (!steps.terminal.empty() && target > 0) return ::dup2(STDIN_FILENO, target) == target;
  if (steps.terminal.empty() && stream >= 0) return ::dup2(stream, target) == target;
  const bool terminal = !steps.terminal.empty();
  const int flags = terminal ? O_RDWR : (target == 0 ? O_RDONLY : O_WRONLY);
  const int opened = ::open(terminal ? steps.terminal.c_str() : "/dev/null", flags);
  if (opened < 0) return false;
  return opened == target || (::dup2(opened, target) == target && ::close(opened) == 0);
}

bool prepare_in_child(const SpawnSteps& steps, const rlimit& limit) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);  // some cannot be
  if (steps.terminal.empty() ? ::setpgid(0, 0) != 0 : ::setsid() < 0) return false;
  for (int target = 0; target < 3; ++target) {
    if (!wire_in_child(steps, target)) return false;
  }
  ::closefrom(STDERR_FILENO + 1);
  if (!steps.folder.empty() && ::chdir(steps.folder.c_str()) != 0) return false;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  sigset_t none;
  ::sigemptyset(&none);
  return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

[[noreturn]] void become(const SpawnSteps& steps, char* const* argv, char* const* environment,
                         const rlimit& limit, volatile int& error) {
  if (prepare_in_child(steps, limit)) ::execve(steps.program.c_str(), argv, environment);
  error = errno;
  ::_exit(127);
}

/// posix_spawn knows no limits, and those of a running program cannot be changed before it looks.
int by_vfork(const SpawnSteps& steps, char* const* argv, char* const* environment,
             const rlimit& limit, pid_t& pid) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours may run in the child
  volatile int error = 0;
  const pid_t child = ::vfork();  // NOLINT: the memory is only borrowed until execve
  if (child == 0) become(steps, argv, environment, limit, error);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) return fork_error;
  if (error != 0) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) != 0 && errno == EINTR) {
    }
    return error;
  }
  pid = child;
  return 0;
}

}  // namespace

int spawn(SpawnSteps steps, pid_t& pid) {
  const auto argv = pointers(steps.argv);
  const auto environment = pointers(steps.variables);
  if (const auto limit = descriptor_limit_of_children()) {
    return by_vfork(steps, argv.data(), environment.data(), *limit, pid);
  }
  const FileActions actions(steps);
  const Attributes attributes(!steps.terminal.empty());
  return ::posix_spawn(&pid, steps.program.c_str(), actions.get(), attributes.get(), argv.data(),
                       environment.data());
}

}  // namespace fairlead
