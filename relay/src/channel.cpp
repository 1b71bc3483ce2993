#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/sys.hpp>

#include <errno.h>

#include <algorithm>

namespace fairlead::relay {
namespace {

constexpr std::uint64_t most_credit = 1U << 30U;

/// A socket that is closed so sends a reset instead of its end.
void make_abortive(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  sys::set_option(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

Channel::~Channel() { close_all(/*with_reset=*/true); }

void Channel::join(int in, int out) {
  in_ = in;
  out_ = out;
  joined_ = true;
  if (in_ < 0) end_input();
  if (out_ < 0) {
    out_closed_ = true;
    const auto waiting = queue_.size();
    queue_.clear();
    taken(waiting);
  }
  if (!queue_.empty()) {
    write_out();
  } else if (received_end_) {
    finish_out();
  }
  update();
}

void Channel::end_input() {
  if (sent_end_ || done_) return;
  sent_end_ = true;
  mux_.send(FrameType::end, id_);
  on_input_end();
  finish_if_over();
}

void Channel::stop_output() {
  if (!done_ && !out_closed_ && in_ != out_) out_gone();
}

bool Channel::take_data(std::span<const char> bytes) {
  if (received_end_ || bytes.size() > may_receive_) return false;
  if (bytes.empty()) return true;
  may_receive_ -= static_cast<std::uint32_t>(bytes.size());
  received_ += bytes.size();
  on_progress();
  if (out_closed_ || resetting_) {
    taken(bytes.size());
    return true;
  }
  if (queue_.empty() && joined_) bytes = write_straight(bytes);
  if (!bytes.empty()) queue_.append(bytes);
  update();
  return true;
}

bool Channel::can_splice(std::size_t size) const {
  return joined_ && !done_ && out_ >= 0 && !out_closed_ && !resetting_ && !received_end_ &&
         queue_.empty() && size <= may_receive_;
}

long Channel::splice_from(int pipe, std::size_t size) {
  const long moved = sys::splice(pipe, out_, size);
  if (moved <= 0) return moved;
  may_receive_ -= static_cast<std::uint32_t>(moved);
  received_ += static_cast<std::uint64_t>(moved);
  taken(static_cast<std::size_t>(moved));
  on_progress();
  return moved;
}

/// What the descriptor takes at once needs no queue; an error is met again by the queue. Returns
/// what is left.
std::span<const char> Channel::write_straight(std::span<const char> bytes) {
  const long put = put_out(bytes);
  if (put <= 0) return bytes;
  taken(static_cast<std::size_t>(put));
  return bytes.subspan(static_cast<std::size_t>(put));
}

long Channel::put_out(std::span<const char> bytes) const {
  return in_ == out_ ? sys::send(out_, bytes.data(), bytes.size())
                     : sys::write(out_, bytes.data(), bytes.size());
}

bool Channel::take_end() {
  if (received_end_) return false;
  received_end_ = true;
  if (queue_.empty() && joined_) finish_out();
  update();
  return true;
}

bool Channel::take_opened(std::uint32_t credit) {
  if (!on_opened()) return false;
  allow(credit);
  update();
  return true;
}

bool Channel::take_credit(std::uint32_t credit) {
  if (may_send_ + credit > most_credit) return false;
  may_send_ += credit;
  update();
  return true;
}

/// What arrived before is still written, as a kernel does it with what it has received.
void Channel::take_reset(ResetReason reason, std::string_view text) {
  if (queue_.empty() || !joined_ || in_ != out_) return drop(reason, text);
  resetting_ = true;
  sent_end_ = true;
  update();
}

void Channel::reset(ResetReason reason, std::string_view text) {
  if (done_) return;
  mux_.send_reset(id_, reason, text);
  drop(reason, text);
}

void Channel::drop(ResetReason reason, std::string_view text) {
  if (done_) return;
  done_ = true;
  close_all(/*with_reset=*/true);
  on_done(true, reason, text);
  mux_.retire(*this);
}

void Channel::on_ready(int fd, std::uint32_t events) {
  constexpr std::uint32_t readable = EPOLLIN | EPOLLHUP | EPOLLERR;
  if (fd == in_ && can_read() && (events & readable) != 0) {
    read_in();
  } else if (fd == in_ && in_ == out_ && (events & EPOLLERR) != 0) {
    return reset(ResetReason::reset);
  }
  if (!done_ && fd == out_ && (events & (EPOLLOUT | EPOLLERR)) != 0) {
    if (!queue_.empty()) {
      write_out();
    } else if (in_ != out_) {
      out_gone();
    }
  }
  update();
}

void Channel::read_in() {
  if (mux_.full()) return mux_.wait_for_room(*this);
  const long got = mux_.forward(in_, id_, std::min<std::uint64_t>(may_send_, most_payload));
  if (got > 0) {
    may_send_ -= static_cast<std::uint64_t>(got);
    sent_ += static_cast<std::uint64_t>(got);
    on_progress();
  } else if (got == 0 || (got == -EIO && in_ != out_)) {  // EIO: the last user of a terminal left
    end_input();
  } else if (got != -EAGAIN && got != -EINTR) {
    in_ == out_ ? reset(ResetReason::reset) : end_input();
  }
}

void Channel::write_out() {
  while (!queue_.empty()) {
    const long put = put_out(queue_.front());
    if (put == -EINTR) continue;
    if (put == -EAGAIN) return;
    if (put < 0) return in_ == out_ ? reset(ResetReason::reset) : out_gone();
    queue_.consume(static_cast<std::size_t>(put));
    taken(static_cast<std::size_t>(put));
  }
  if (resetting_) return drop(ResetReason::reset, {});
  if (received_end_) finish_out();
}

void Channel::taken(std::size_t size) {
  freed_ += static_cast<std::uint32_t>(size);
  if (freed_ < window / 4 || received_end_) return;
  fit_window();
  may_receive_ += freed_;
  mux_.send(FrameType::credit, id_, PayloadWriter().u32(freed_));
  freed_ = 0;
}

/// Over a link with a delay the window limits the speed: it grows while what arrives is taken at
/// once, and shrinks again, so that memory is not, when it is not.
void Channel::fit_window() {
  if (queue_.size() < window / 4) {
    const auto more = std::min(freed_, widest_window - window_);
    window_ += more;
    freed_ += more;
  } else {
    const auto less = std::min(freed_ / 2, window_ - window);
    window_ -= less;
    freed_ -= less;
  }
}

/// Who read from the pipe is gone: what arrives is thrown away, so that the sender can end.
void Channel::out_gone() {
  const auto waiting = queue_.size();
  queue_.clear();
  if (out_ >= 0) {
    if (out_events_ != unwatched) mux_.loop().forget(out_);
    sys::close(out_);
  }
  out_ = -1;
  out_events_ = unwatched;
  out_closed_ = true;
  taken(waiting);
  if (resetting_) return drop(ResetReason::reset, {});
  finish_if_over();
}

void Channel::finish_out() {
  if (!out_closed_ && in_ == out_) {
    out_closed_ = true;
    sys::shutdown(out_, SHUT_WR);
  } else if (!out_closed_) {
    return out_gone();
  }
  finish_if_over();
}

void Channel::finish_if_over() {
  if (done_ || !sent_end_ || !received_end_ || !out_closed_ || !queue_.empty()) return;
  done_ = true;
  close_all(/*with_reset=*/false);
  on_done(false, ResetReason::other, {});
  mux_.retire(*this);
}

void Channel::update() {
  if (done_ || !joined_) return;
  std::uint32_t in_events = 0;
  if (can_read()) {
    if (mux_.full()) {
      mux_.wait_for_room(*this);
    } else {
      in_events = EPOLLIN;
    }
  }
  const std::uint32_t out_events = queue_.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT);
  if (in_ == out_) return watch(in_, in_events | out_events, in_events_);
  if (in_ >= 0) watch(in_, in_events, in_events_);
  if (out_ >= 0) watch(out_, out_events, out_events_);
}

void Channel::watch(int fd, std::uint32_t events, std::uint32_t& now) {
  if (fd < 0 || events == now) return;
  if (now == unwatched) {
    mux_.loop().watch(fd, events, *this);
  } else {
    mux_.loop().change(fd, events);
  }
  now = events;
}

void Channel::close_all(bool with_reset) {
  if (with_reset && in_ >= 0 && in_ == out_) make_abortive(in_);
  if (in_ >= 0) {
    if (in_events_ != unwatched) mux_.loop().forget(in_);
    sys::close(in_);
  }
  if (out_ >= 0 && out_ != in_) {
    if (out_events_ != unwatched) mux_.loop().forget(out_);
    sys::close(out_);
  }
  in_ = out_ = -1;
}

}  // namespace fairlead::relay
