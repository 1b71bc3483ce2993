#include "ssh-remote/log_in.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/pipe.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace fairlead::ssh {
namespace {

constexpr std::size_t most_kept = 256 * 1024;

bool is_set(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found != environment.end() && !found->second.empty();
}

std::string find_program(const std::string& name, const Environment& environment) {
  if (name.find('/') != std::string::npos) return name;
  const auto path = environment.find("PATH");
  std::string rest = path == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : path->second;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto folder = rest.substr(0, end);
    rest.erase(0, std::min(end + 1, rest.size()));
    // A relative folder would be one of whoever wrote the current one.
    if (!folder.starts_with('/')) continue;
    if (auto file = folder + '/' + name; ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

Error not_started(const std::string& program, const std::string& why) {
  return {Status::not_found, "host.ssh_missing",
          "The program '" + program + "' cannot be started: " + why + ".",
          "Install OpenSSH's client, or name it in the setting plugins.ssh.ssh_path."};
}

sdk::Pipe output_pipe() {
  auto pipe = sdk::make_pipe();
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// posix_spawn knows no limits. What cannot be set stays as it is.
void limit_descriptors(std::vector<std::string>& argv, std::string& program, std::int64_t limit) {
  if (::access(program.c_str(), X_OK) != 0) throw not_started(program, std::strerror(errno));
  argv.front() = std::exchange(program, "/bin/sh");
  argv.insert(argv.begin(),
              {"sh", "-c", R"(ulimit -S -n "$0" 2>/dev/null; exec "$@")", std::to_string(limit)});
}

class Child {
 public:
  Child(const LogInCommand& command, int out, int err) {
    auto argv = command.argv;
    auto program = find_program(argv.front(), command.environment);
    if (program.empty()) throw not_started(argv.front(), "it is not in PATH");
    if (command.descriptors > 0) limit_descriptors(argv, program, command.descriptors);
    std::vector<std::string> variables;
    for (const auto& [name, value] : command.environment) variables.push_back(name + '=' + value);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    const int session = command.ask ? 0 : POSIX_SPAWN_SETSID;
    posix_spawnattr_setflags(
        &attributes, static_cast<short>(session | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    const int error = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes,
                                    pointers(argv).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw not_started(program, std::strerror(error));
    ended_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  }
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      reap();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int ended_fd() const { return ended_.get(); }
  int reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  UniqueFd ended_;
};

// Whether more may come.
bool drain(UniqueFd& fd, std::string& into) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) break;
    if (into.size() < most_kept) into.append(buffer.data(), static_cast<std::size_t>(got));
  }
  fd.reset();
  return false;
}

}  // namespace

bool can_ask(const Environment& environment) {
  const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (terminal && ::tcgetpgrp(terminal.get()) == ::getpgrp()) return true;
  return is_set(environment, "SSH_ASKPASS") &&
         (is_set(environment, "DISPLAY") || is_set(environment, "WAYLAND_DISPLAY") ||
          is_set(environment, "SSH_ASKPASS_REQUIRE"));
}

LogIn log_in(const LogInCommand& command, int cancel_fd) {
  auto out = output_pipe();
  auto err = output_pipe();
  Child child(command, out.write.get(), err.write.get());
  out.write.reset();
  err.write.reset();
  LogIn result;
  for (;;) {
    std::array<pollfd, 4> watched{{{child.ended_fd(), POLLIN, 0},
                                   {cancel_fd, POLLIN, 0},
                                   {out.read.get(), POLLIN, 0},
                                   {err.read.get(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), -1);
    if (out.read) drain(out.read, result.output);
    if (err.read) drain(err.read, result.words);
    if (watched[0].revents != 0) break;
    if (watched[1].revents != 0) {
      throw Error(Status::cancelled, "call.cancelled", "connecting to the host was cancelled");
    }
  }
  result.status = child.reap();
  // The connection process may still hold them open: what was said is there.
  if (out.read) drain(out.read, result.output);
  if (err.read) drain(err.read, result.words);
  return result;
}

}  // namespace fairlead::ssh
