#include "server/detached.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace fairlead::server {
namespace {

constexpr int out_of_the_way = 20;

/// posix_spawn's two structures, with their ends.
struct Spawn {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  Spawn() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t usual;
    ::sigemptyset(&usual);
    for (const int number : {SIGPIPE, SIGCHLD, SIGHUP, SIGINT, SIGTERM})
      ::sigaddset(&usual, number);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

pid_t spawn_detached(const DetachedSpec& spec) {
  auto words = spec.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : spec.environment) variables.push_back(name + '=' + value);
  const auto argv = pointers(words);
  const auto environment = pointers(variables);
  Spawn spawn;
  auto* actions = &spawn.actions;
  if (!spec.working_directory.empty()) {
    ::posix_spawn_file_actions_addchdir_np(actions, spec.working_directory.c_str());
  }
  const auto& errors = spec.error_file;
  ::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(actions, STDERR_FILENO,
                                     errors.empty() ? "/dev/null" : errors.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::vector<UniqueFd> moved;
  int first_free = STDERR_FILENO + 1;
  for (const auto& [fd, number] : spec.descriptors) {
    moved.emplace_back(::fcntl(fd->get(), F_DUPFD_CLOEXEC, out_of_the_way));
    ::posix_spawn_file_actions_adddup2(actions, moved.back().get(), number);
    first_free = std::max(first_free, number + 1);
  }
  ::posix_spawn_file_actions_addclosefrom_np(actions, first_free);  // whoever called has some open
  pid_t process = 0;
  const int error = ::posix_spawn(&process, words.front().c_str(), actions, &spawn.attributes,
                                  argv.data(), environment.data());
  if (error == 0) {
    // A server that lives on would keep every one of them as a zombie until its own end.
    std::thread([process] { ::waitpid(process, nullptr, 0); }).detach();
  }
  errno = error;
  return error == 0 ? process : 0;
}

}  // namespace fairlead::server
