#include "spawn.hpp"

#include "commands.hpp"
#include "files.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <array>
#include <cstring>

namespace fairlead::relay {
namespace {

constexpr std::string_view default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Texts that end with a zero, and pointers to them for execve.
class Words {
 public:
  void add(std::string_view text) {
    texts_.emplace_back(text.begin(), text.end());
    texts_.back().push_back(0);
  }
  const char* const* pointers() {
    pointers_.clear();
    for (const auto& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
    return pointers_.data();
  }
  const char* first() const { return texts_.front().data(); }

 private:
  std::vector<Text> texts_;
  std::vector<const char*> pointers_;
};

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

Words environment_of(char** inherited, const RunRequest& request) {
  Words words;
  for (auto** entry = inherited; *entry != nullptr; ++entry) {
    bool replaced = false;
    for (const auto added : request.environment) {
      replaced = replaced || name_of(added) == name_of(*entry);
    }
    if (!replaced) words.add(*entry);
  }
  for (const auto added : request.environment) words.add(added);
  return words;
}

std::string_view value_of(const char* const* environment, std::string_view name,
                          std::string_view otherwise) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (name_of(entry) == name && entry.size() > name.size()) return entry.substr(name.size() + 1);
  }
  return otherwise;
}

/// Where the program may be, in the order of PATH.
std::vector<Text> candidates(std::string_view program, std::string_view path) {
  std::vector<Text> found;
  const auto add = [&](std::string_view folder) {
    auto& text = found.emplace_back(folder.begin(), folder.end());
    if (!folder.empty()) text.push_back('/');
    append(text, program);
    text.push_back(0);
  };
  if (program.find('/') != program.npos) {
    add({});
    return found;
  }
  for (;;) {
    const auto end = path.find(':');
    const auto folder = path.substr(0, end);
    add(folder.empty() ? "." : folder);
    if (end == path.npos) return found;
    path.remove_prefix(end + 1);
  }
}

std::string_view words_for(int error) {
  switch (error) {
    case ENOENT:
      return "No such file or directory";
    case EACCES:
      return "Permission denied";
    case ENOEXEC:
      return "Exec format error";
    case ENOTDIR:
      return "Not a directory";
    case E2BIG:
      return "Argument list too long";
    default:
      return "It cannot be executed";
  }
}

[[noreturn]] void fail(std::string_view what, std::string_view name, int error) {
  Text text;
  for (const auto part : {std::string_view("fairlead: "), what, name, std::string_view(": "),
                          words_for(error), std::string_view("\n")}) {
    append(text, part);
  }
  sys::write(2, text.data(), text.size());
  for (;;) sys::call(SYS_exit_group, error == ENOENT ? 127 : 126);
}

struct Streams {
  std::array<int, 3> child = {-1, -1, -1};
  Spawned ours;
};

/// Errors and output may be one end.
void close_child(Streams& streams) {
  auto& child = streams.child;
  if (child[2] == child[1]) child[2] = -1;
  for (int& fd : child) {
    if (fd >= 0) sys::close(fd);
    fd = -1;
  }
}

void close_all(Streams& streams) {
  close_child(streams);
  for (const int fd : {streams.ours.in, streams.ours.out, streams.ours.err}) {
    if (fd >= 0) sys::close(fd);
  }
}

long make_terminal(Streams& streams, const RunRequest& request) {
  const int master = sys::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (master < 0) return master;
  const int unlock = 0;
  sys::call(SYS_ioctl, master, TIOCSPTLCK, sys::address(&unlock));
  streams.ours.terminal = true;
  streams.ours.out = master;
  streams.ours.in = static_cast<int>(sys::call(SYS_fcntl, master, F_DUPFD_CLOEXEC, 0));
  constexpr int get_peer = 0x5441;  // TIOCGPTPEER: a terminal without a look at /dev/pts
  const long peer = sys::call(SYS_ioctl, master, get_peer, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (peer < 0) return peer;
  set_terminal_size(master, request.rows, request.columns);
  streams.child[0] = static_cast<int>(peer);
  return 0;
}

/// A pipe whose end with number `ours` does not block.
long make_pipe(int& child, int& our_end, int ours) {
  std::array<int, 2> ends{};
  const long result = sys::call(SYS_pipe2, sys::address(ends.data()), O_CLOEXEC);
  if (result < 0) return result;
  our_end = ends[static_cast<std::size_t>(ours)];
  child = ends[static_cast<std::size_t>(1 - ours)];
  sys::set_flags(our_end, O_NONBLOCK | (ours == 1 ? O_WRONLY : O_RDONLY));
  return 0;
}

long make_streams(Streams& streams, const RunRequest& request) {
  if (request.error_channel == 0) return make_terminal(streams, request);
  long result = make_pipe(streams.child[0], streams.ours.in, 1);
  if (result == 0) result = make_pipe(streams.child[1], streams.ours.out, 0);
  if (request.error_channel == with_output) {
    streams.child[2] = streams.child[1];
    return result;
  }
  if (result == 0) result = make_pipe(streams.child[2], streams.ours.err, 0);
  return result;
}

/// In the child: descriptors of ours close by themselves.
void take_streams(const Streams& streams) {
  const auto& child = streams.child;
  // Ours may have the numbers 0 to 2 themselves, so they are moved out of the way first.
  std::array<long, 3> from{};
  for (std::size_t i = 0; i < 3; ++i) {
    from[i] =
        sys::call(SYS_fcntl, streams.ours.terminal ? child[0] : child[i], F_DUPFD_CLOEXEC, 10);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    sys::call(SYS_dup3, from[i], static_cast<long>(i), 0);
  }
  if (streams.ours.terminal) sys::call(SYS_ioctl, 0, TIOCSCTTY, 0);
}

struct Program {
  Words words;
  Words environment;
  std::vector<Text> candidates;
  Text folder;
};

[[noreturn]] void become(Program& program) {
  if (!program.folder.empty()) {
    const long result = sys::call(SYS_chdir, sys::address(program.folder.data()));
    if (result < 0) {
      fail("cannot change to ", program.folder.data(), static_cast<int>(-result));
    }
  }
  const auto* words = program.words.pointers();
  const auto* environment = program.environment.pointers();
  int error = ENOENT;
  for (const auto& candidate : program.candidates) {
    const long result = sys::call(SYS_execve, sys::address(candidate.data()), sys::address(words),
                                  sys::address(environment));
    if (error == ENOENT || -result != ENOENT) error = static_cast<int>(-result);
    if (error != ENOENT && error != EACCES && error != ENOTDIR) break;
  }
  fail("cannot run ", program.words.first(), error == ENOTDIR ? ENOENT : error);
}

}  // namespace

void set_terminal_size(int fd, std::uint16_t rows, std::uint16_t columns) {
  const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  sys::call(SYS_ioctl, fd, TIOCSWINSZ, sys::address(&size));
}

Spawned spawn(const Commands& commands, const RunRequest& request) {
  Program program{.words = {},
                  .environment = environment_of(commands.environment(), request),
                  .candidates = {},
                  .folder = {request.folder.begin(), request.folder.end()}};
  for (const auto word : request.words) program.words.add(word);
  if (!program.folder.empty()) program.folder.push_back(0);
  const auto path = value_of(program.environment.pointers(), "PATH", default_path);
  program.candidates = candidates(request.words.front(), path);
  Streams streams;
  if (const long result = make_streams(streams, request); result < 0) {
    close_all(streams);
    return {.pid = static_cast<int>(result)};
  }
  const long pid = sys::call(SYS_clone, SIGCHLD);
  if (pid == 0) {
    sys::call(SYS_setsid);
    take_streams(streams);
    commands.become_child();
    become(program);
  }
  close_child(streams);
  if (pid < 0) {
    close_all(streams);
    return {.pid = static_cast<int>(pid)};
  }
  streams.ours.pid = static_cast<int>(pid);
  return streams.ours;
}

}  // namespace fairlead::relay
