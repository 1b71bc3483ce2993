#include "ports/joint.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace fairlead::ports {
namespace {

constexpr std::size_t piece = 256 * 1024;
// In one turn; then others have theirs.
constexpr std::size_t most_in_turn = std::size_t{4} << 20U;

ssize_t splice_some(int from, int to, std::size_t size) {
  for (;;) {
    const auto moved =
        ::splice(from, nullptr, to, nullptr, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved >= 0 || errno != EINTR) return moved;
  }
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

void reset_on_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

Joint::Joint(UniqueFd outside, UniqueFd inside, std::shared_ptr<Traffic> traffic)
    : outside_(std::move(outside)), inside_(std::move(inside)), traffic_(std::move(traffic)) {}

Joint::~Joint() {
  if (!broken_ && inwards_.closed && outwards_.closed) return;
  reset_on_close(outside_.get());
  reset_on_close(inside_.get());
}

/// False: nothing came.
bool Joint::fill(Direction& direction, int from, PipePool& pool) {
  if (!direction.pipe) direction.pipe = pool.take();
  if (!direction.pipe) {
    broken_ = true;
    return false;
  }
  const auto got = splice_some(from, direction.pipe->write_end.get(), piece);
  if (got > 0) {
    direction.held = static_cast<std::size_t>(got);
    return true;
  }
  if (got == 0) direction.ended = true;
  if (got < 0 && !would_block()) broken_ = true;
  pool.give_back(*std::exchange(direction.pipe, std::nullopt));
  return false;
}

/// False: something stays in the pipe.
bool Joint::drain(Direction& direction, int to, std::atomic<std::uint64_t>& count, PipePool& pool) {
  while (direction.held > 0) {
    const auto put = splice_some(direction.pipe->read_end.get(), to, direction.held);
    if (put <= 0) {
      if (put == 0 || !would_block()) broken_ = true;
      return false;
    }
    direction.held -= static_cast<std::size_t>(put);
    count += static_cast<std::uint64_t>(put);
  }
  if (direction.pipe) pool.give_back(*std::exchange(direction.pipe, std::nullopt));
  return true;
}

Joint::Step Joint::move(Direction& direction, int from, int to, std::atomic<std::uint64_t>& count,
                        PipePool& pool) {
  const auto before = count.load();
  while (!direction.closed) {
    if (!drain(direction, to, count, pool)) return Step::wait;
    if (direction.ended) {
      ::shutdown(to, SHUT_WR);
      direction.closed = true;
      break;
    }
    if (count.load() - before >= most_in_turn) return Step::again;
    if (!fill(direction, from, pool) && !direction.ended) return Step::wait;
  }
  return Step::done;
}

Joint::Step Joint::move(PipePool& pool) {
  const auto inwards = move(inwards_, outside(), inside(), traffic_->to_inside, pool);
  const auto outwards = move(outwards_, inside(), outside(), traffic_->from_inside, pool);
  if (broken_ || (inwards == Step::done && outwards == Step::done)) return Step::done;
  return inwards == Step::again || outwards == Step::again ? Step::again : Step::wait;
}

}  // namespace fairlead::ports
