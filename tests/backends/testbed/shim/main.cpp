#include "account.hpp"
#include "root.hpp"
#include "spec.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace fairlead::testbed {
namespace {

void say(int fd, const std::string& line) {
  const std::string text = line + "\n";
  // The reader may be gone (a killed client); the instance goes on without it.
  if (fd >= 0 && ::write(fd, text.data(), text.size()) < 0) errno = 0;
}

void write_record(const std::string& folder, const std::string& name, const std::string& text) {
  const std::string path = folder + "/" + name;
  std::ofstream(path + ".new") << text << '\n';
  std::filesystem::rename(path + ".new", path);
}

/// "pid start-time" of a process: a pid alone may be somebody else's by tomorrow.
std::string identity(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto after_name = line.rfind(')');
  std::size_t at = after_name + 2;
  for (int field = 3; field < 22 && at != std::string::npos; ++field) {
    at = line.find(' ', at);
    if (at != std::string::npos) ++at;
  }
  if (after_name == std::string::npos || at == std::string::npos) return std::to_string(pid);
  return std::to_string(pid) + " " + line.substr(at, line.find(' ', at) - at);
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < SIGRTMAX; ++signal) std::signal(signal, SIG_DFL);
}

void go_to(const std::string& directory, bool create) {
  if (directory.empty()) return;
  if (create) std::filesystem::create_directories(directory);
  if (::chdir(directory.c_str()) != 0) {
    throw std::runtime_error("chdir to \"" + directory +
                             "\": " + std::generic_category().message(errno));
  }
}

/// Only returns by throwing or by exiting with the codes of a shell that cannot run a command.
[[noreturn]] void run_command(const ShimSpec& spec) {
  ::execvp(spec.argv[0], spec.argv.data());
  const int code = errno == ENOENT ? 127 : 126;
  const std::string text =
      std::string("exec: \"") + spec.argv[0] + "\": " + std::generic_category().message(errno);
  say(STDERR_FILENO, text);
  if (!spec.join) say(spec.status_fd, "error instance.start " + text);
  std::_Exit(code);
}

void take_place(const ShimSpec& spec) {
  const Account account = find_account(spec.user);
  ::setenv("HOME", account.home.c_str(), 0);
  go_to(spec.directory, !spec.join);
  if (!spec.join && ::setsid() < 0) throw std::runtime_error("setsid");
  if (spec.terminal && ::ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) {
    throw std::runtime_error("no controlling terminal");
  }
  become(account);
  reset_signals();
}

/// The child of an instance: process 1 in there once it is released.
[[noreturn]] void be_first_process(const ShimSpec& spec, int release) {
  char byte = 0;
  if (::read(release, &byte, 1) != 1) std::_Exit(125);  // the shim died before it recorded us
  try {
    enter_new_root(spec);
    take_place(spec);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a killed shim takes its instance along
  } catch (const std::exception& error) {
    say(spec.status_fd, std::string("error instance.start ") + error.what());
    std::_Exit(125);
  }
  run_command(spec);
}

[[noreturn]] void be_joined_process(const ShimSpec& spec, int ready, int release) {
  ::setsid();
  ::close(ready);  // from now on a signal to our group arrives
  char byte = 0;
  if (::read(release, &byte, 1) != 1) std::_Exit(125);  // the client is gone
  try {
    take_place(spec);
  } catch (const std::exception& error) {
    say(STDERR_FILENO, error.what());
    std::_Exit(126);
  }
  run_command(spec);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void release_stdio() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd) {
    if (null < 0 || ::dup2(null, fd) < 0) ::close(fd);
  }
  if (null > 2) ::close(null);
}

/// The client reaps its child at once; what stays belongs to process 1.
void leave_the_client() {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child > 0) std::_Exit(0);
}

int run_instance(const ShimSpec& spec) {
  leave_the_client();
  int release[2];
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0 || ::pipe2(release, O_CLOEXEC) != 0) {
    throw std::runtime_error("no new namespaces: " + std::generic_category().message(errno));
  }
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    ::close(release[1]);
    be_first_process(spec, release[0]);
  }
  ::close(release[0]);
  const std::string shim = std::to_string(::getpid());
  write_record(spec.record, "main", identity(child) + " " + shim);
  say(release[1], "");
  ::close(release[1]);
  say(spec.status_fd, "pid " + std::to_string(child));
  for (const int fd : {spec.status_fd, spec.hold_fd}) {
    if (fd >= 0) ::close(fd);
  }
  release_stdio();
  write_record(spec.record, "exit", std::to_string(wait_for(child)));
  return 0;
}

int run_joined(const ShimSpec& spec) {
  join_instance(spec.pid);
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    ::close(ready[0]);
    // The client releases it itself, once everybody knows the command: no output comes before.
    be_joined_process(spec, ready[1], spec.status_fd);
  }
  ::close(ready[1]);
  char byte = 0;
  if (::read(ready[0], &byte, 1) != 0) throw std::runtime_error("the command was not started");
  ::close(ready[0]);
  release_stdio();  // or the end of the command's streams would wait for us
  say(spec.status_fd, "pid " + std::to_string(child));
  say(spec.status_fd, "exit " + std::to_string(wait_for(child)));
  return 0;
}

}  // namespace
}  // namespace fairlead::testbed

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int status_fd = -1;
  try {
    const auto spec = fairlead::testbed::parse_spec(argc, argv);
    status_fd = spec.status_fd;
    for (const int fd : {spec.status_fd, spec.hold_fd}) {
      if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return spec.join ? fairlead::testbed::run_joined(spec) : fairlead::testbed::run_instance(spec);
  } catch (const std::exception& error) {
    fairlead::testbed::say(status_fd, std::string("error testbed.shim ") + error.what());
    return 125;
  }
}
