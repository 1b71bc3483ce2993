#include "log_reader.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

/// One log file and where its bytes go; `to` may be empty.
struct Copy {
  UniqueFd from;
  UniqueFd to;

  bool to_end() const {
    std::array<char, 16384> buffer;
    while (true) {
      const ssize_t size = ::read(from.get(), buffer.data(), buffer.size());
      if (size <= 0) return true;
      if (!write(std::string_view(buffer.data(), static_cast<std::size_t>(size)))) return false;
    }
  }

  bool write(std::string_view data) const {
    while (to && !data.empty()) {
      const ssize_t written = ::write(to.get(), data.data(), data.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) data.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
};

/// Where the last `lines` lines begin.
off_t tail_start(int fd, int lines) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (lines == 0) return size;
  int newlines = 0;
  for (off_t at = size; at > 0; --at) {
    char byte = 0;
    if (::pread(fd, &byte, 1, at - 1) != 1) break;
    const bool ends_the_last = at == size;
    if (byte == '\n' && !ends_the_last && ++newlines == lines) return at;
  }
  return 0;
}

Copy open_copy(const fs::path& path, UniqueFd to, int tail) {
  Copy copy{UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), std::move(to)};
  if (tail >= 0) ::lseek(copy.from.get(), tail_start(copy.from.get(), tail), SEEK_SET);
  return copy;
}

void wait_for_change(int changes, const sdk::Call& call) {
  std::array<pollfd, 2> entries = {pollfd{changes, POLLIN, 0}, pollfd{call.cancel_fd(), POLLIN, 0}};
  while (::poll(entries.data(), entries.size(), -1) < 0 && errno == EINTR) {
  }
  call.throw_if_cancelled();
  std::array<char, 4096> ignored;
  if (::read(changes, ignored.data(), ignored.size()) < 0) return;
}

}  // namespace

void read_logs(const fs::path& folder, const LogsRequest& request, sdk::Call& call) {
  if (request.timestamps || !request.since.empty()) {
    throw Error(Status::unsupported, "testbed.unsupported", "no times are kept with these logs");
  }
  const UniqueFd changes(::inotify_init1(IN_CLOEXEC));
  ::inotify_add_watch(changes.get(), folder.c_str(),
                      IN_MODIFY | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF);
  const Copy out = open_copy(folder / "out.log", call.take(request.out), request.tail);
  const Copy err = open_copy(folder / "err.log", call.take(request.err), request.tail);
  while (true) {
    // Asked before reading: what is written up to the end is then read, too.
    const bool ended = fs::exists(folder / "exit") || !fs::exists(folder);
    if (!out.to_end() || !err.to_end()) return;  // nobody listens any more
    if (ended || !request.follow) return;
    wait_for_change(changes.get(), call);
  }
}

}  // namespace fairlead::testbed
