#include "sink.hpp"

#include <fairlead/engine/frames.hpp>
#include <fairlead/engine/relay.hpp>
#include <fairlead/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fairlead::engine {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;

class Relay {
 public:
  Relay(Transport& transport, RelayEnds ends, const sdk::Call& call)
      : transport_(transport),
        in_(std::move(ends.in)),
        out_(std::move(ends.out)),
        err_(std::move(ends.err)),
        framed_(ends.framed),
        call_(call) {}

  RelayResult run(std::string_view first) {
    deliver(first);
    while (!(ended_ && !out_.waiting() && !err_.waiting())) {
      if (out_.closed() || err_.closed()) return RelayResult::output_closed;
      step();
    }
    const bool closed = out_.closed() || err_.closed();
    return closed ? RelayResult::output_closed : RelayResult::finished;
  }

 private:
  enum Watched { cancel, engine, input, output, error, watched_count };

  bool wants_engine() const { return !ended_ && !out_.waiting() && !err_.waiting(); }

  void step() {
    if (wants_engine() && transport_.pending()) return read_engine();
    std::array<pollfd, watched_count> watched;
    short engine_events = wants_engine() ? POLLIN : 0;
    if (!to_engine_.empty()) engine_events |= POLLOUT;
    watched[cancel] = {call_.cancel_fd(), POLLIN, 0};
    watched[engine] = {engine_events != 0 ? transport_.fd() : -1, engine_events, 0};
    watched[input] = {to_engine_.empty() ? in_.get() : -1, POLLIN, 0};
    watched[output] = {out_.waiting() ? out_.fd() : -1, POLLOUT, 0};
    watched[error] = {err_.waiting() ? err_.fd() : -1, POLLOUT, 0};
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) return;
      throw_gone("poll failed");
    }
    if (watched[cancel].revents != 0) call_.throw_if_cancelled();
    if (watched[output].revents != 0) out_.flush();
    if (watched[error].revents != 0) err_.flush();
    if (watched[input].revents != 0) read_input();
    if (!to_engine_.empty() && watched[engine].revents != 0) write_engine();
    if ((watched[engine].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && wants_engine()) {
      read_engine();
    }
  }

  void read_input() {
    std::array<char, buffer_size> buffer;
    const auto got = ::read(in_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got > 0) {
      to_engine_.assign(buffer.data(), static_cast<std::size_t>(got));
      return write_engine();
    }
    in_.reset();
    transport_.close_write();
  }

  /// A command may end, or close its input, while we still have some for it: then nobody wants it.
  void write_engine() {
    try {
      const auto sent = transport_.try_write(to_engine_.data(), to_engine_.size());
      if (sent > 0) to_engine_.erase(0, static_cast<std::size_t>(sent));
      sent_ = true;
    } catch (const Error&) {
      to_engine_.clear();
      in_.reset();
    }
  }

  /// Podman closes a command's stream with input unread, which resets the connection: its end all
  /// the same, and how the command ended is asked for anyway.
  ssize_t read_from_engine(char* data, std::size_t size) {
    try {
      return transport_.try_read(data, size);
    } catch (const Error&) {
      if (!sent_) throw;
      return 0;
    }
  }

  void read_engine() {
    std::array<char, buffer_size> buffer;
    const auto got = read_from_engine(buffer.data(), buffer.size());
    if (got < 0) return;
    if (got == 0) {
      ended_ = true;
      in_.reset();
      to_engine_.clear();
      if (framed_ && !frames_.at_boundary()) throw_gone("it ended in the middle of a frame");
      return;
    }
    deliver({buffer.data(), static_cast<std::size_t>(got)});
  }

  void deliver(std::string_view bytes) {
    if (!framed_) return out_.write(bytes);
    frames_.feed(bytes, [this](int stream, std::string_view part) {
      (stream == 2 ? err_ : out_).write(part);
    });
  }

  Transport& transport_;
  UniqueFd in_;
  Sink out_;
  Sink err_;
  bool framed_;
  const sdk::Call& call_;
  FrameReader frames_;
  std::string to_engine_;
  bool sent_ = false;  ///< some input went to the engine
  bool ended_ = false;
};

}  // namespace

RelayResult relay(RawStream& stream, RelayEnds ends, const sdk::Call& call) {
  const NoSigpipe quiet;
  return Relay(*stream.transport, std::move(ends), call).run(stream.received);
}

}  // namespace fairlead::engine
