#include "backend.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace bubblewrap {

using namespace fairlead;

namespace {

/// One log file on its way to its reader.
class Tail {
 public:
  Tail(const std::filesystem::path& file, UniqueFd to, int lines)
      : file_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), to_(std::move(to)) {
    if (lines >= 0 && file_) skip_to_last(lines);
  }

  /// Hands on what there is; false: nothing was new, or nobody reads.
  bool move() {
    std::array<char, 65536> piece{};
    const auto got = file_ && to_ ? ::read(file_.get(), piece.data(), piece.size()) : 0;
    for (ssize_t sent = 0; sent < got;) {
      const auto some =
          ::write(to_.get(), piece.data() + sent, static_cast<std::size_t>(got - sent));
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) {
        to_.reset();
        return false;
      }
      sent += some;
    }
    return got > 0;
  }

 private:
  void skip_to_last(int lines) {
    auto at = ::lseek(file_.get(), 0, SEEK_END);
    char byte = 0;
    for (int seen = 0; at > 0; --at) {
      if (::pread(file_.get(), &byte, 1, at - 1) == 1 && byte == '\n' && seen++ == lines) break;
    }
    ::lseek(file_.get(), at, SEEK_SET);
  }

  UniqueFd file_;
  UniqueFd to_;
};

}  // namespace

Empty BubblewrapBackend::logs(const LogsRequest& request, sdk::Call& call) {
  auto record = store().find(request.id);
  Tail out(record.folder / "out.log", call.take(request.out), request.tail);
  Tail err(record.folder / "err.log", call.take(request.err), request.tail);
  for (;;) {
    const bool runs = record.main_process > 0;
    while (out.move() || err.move()) call.throw_if_cancelled();
    if (!request.follow || !runs) return {};
    pollfd cancelled{call.cancel_fd(), POLLIN, 0};
    ::poll(&cancelled, 1, 50);
    call.throw_if_cancelled();
    try {
      record = store().find(request.id);
    } catch (const Error&) {
      return {};  // removed: nothing more comes
    }
  }
}

}  // namespace bubblewrap
