#include "shim_process.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>
#include <utility>

namespace fairlead::testbed {
namespace {

constexpr int status_fd = 3;
constexpr int hold_fd = 4;

[[noreturn]] void give_up(const std::string& what) {
  throw Error(Status::internal, "testbed.shim", what);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// Above everything that is dup2'ed to, so that no target overwrites a source.
UniqueFd moved_up(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10)); }

UniqueFd or_null(UniqueFd fd) {
  if (fd) return fd;
  return UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC));
}

struct SpawnSettings {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSettings() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

}  // namespace

ShimProcess::ShimProcess(ShimRequest request) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    give_up("no channel to the shim");
  }
  words_fd_.reset(ends[0]);
  UniqueFd status(ends[1]);

  std::vector<UniqueFd> sources;
  sources.push_back(moved_up(or_null(std::move(request.in))));
  sources.push_back(moved_up(or_null(std::move(request.out))));
  sources.push_back(moved_up(or_null(std::move(request.err))));
  sources.push_back(moved_up(status));
  std::vector<std::string> words = {FAIRLEAD_TESTBED_SHIM, "--status-fd",
                                    std::to_string(status_fd)};
  if (request.hold) {
    sources.push_back(moved_up(request.hold));
    words.insert(words.end(), {"--hold-fd", std::to_string(hold_fd)});
  }
  words.insert(words.end(), request.words.begin(), request.words.end());

  SpawnSettings settings;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    ::posix_spawn_file_actions_adddup2(&settings.actions, sources[i].get(), static_cast<int>(i));
  }
  ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, static_cast<int>(sources.size()));
  std::vector<char*> argv = pointers(words);
  std::vector<char*> environment = pointers(request.environment);
  const int failure = ::posix_spawn(&pid_, FAIRLEAD_TESTBED_SHIM, &settings.actions,
                                    &settings.attributes, argv.data(), environment.data());
  if (failure != 0) give_up("cannot run " FAIRLEAD_TESTBED_SHIM);
}

ShimProcess::~ShimProcess() {
  int status = 0;
  // One that joined ends with its command, one that holds an instance has forked away by now.
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void ShimProcess::release() const { (void)::send(words_fd_.get(), "\n", 1, MSG_NOSIGNAL); }

bool ShimProcess::read_words() {
  char buffer[1024];
  const ssize_t size = ::read(words_fd_.get(), buffer, sizeof buffer);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  unfinished_.append(buffer, static_cast<std::size_t>(size));
  for (auto end = unfinished_.find('\n'); end != std::string::npos; end = unfinished_.find('\n')) {
    take_line(unfinished_.substr(0, end));
    unfinished_.erase(0, end + 1);
  }
  return true;
}

void ShimProcess::take_line(const std::string& line) {
  std::istringstream stream(line);
  std::string kind;
  stream >> kind;
  if (kind == "pid") {
    stream >> words_.pid;
  } else if (kind == "exit") {
    stream >> words_.exit_code;
  } else if (kind == "error") {
    stream >> words_.error_code >> std::ws;
    std::getline(stream, words_.error_text);
  }
}

}  // namespace fairlead::testbed
