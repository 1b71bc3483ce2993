#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/mux.hpp>
#include <fairlead/relay/sys.hpp>

#include <errno.h>

#include <algorithm>
#include <utility>

namespace fairlead::relay {
namespace {

bool comes_before(const std::unique_ptr<Channel>& channel, std::uint32_t id) {
  return channel->id() < id;
}

bool is_temporary(long result) { return result == -EAGAIN || result == -EINTR; }

}  // namespace

Mux::Mux(Loop& loop, int in, int out) : loop_(loop), in_(in), out_(out) {
  loop_.watch(in_, EPOLLIN, *this);
  loop_.watch(out_, 0, *this);
}

Mux::~Mux() {
  loop_.forget(in_);
  if (out_ >= 0) loop_.forget(out_);
  channels_.clear();
  retired_.clear();
  sys::close(in_);
  if (out_ >= 0) sys::close(out_);
}

void Mux::greet(const Greeting& greeting) {
  encode_greeting(greeting, out_queue_.room(greeting_size));
  out_queue_.add(greeting_size);
}

void Mux::send(FrameType type, std::uint32_t channel, std::span<const char> payload) {
  const auto size = std::min(payload.size(), most_payload);
  encode_header({type, channel, static_cast<std::uint32_t>(size)}, out_queue_.room(header_size));
  out_queue_.add(header_size);
  out_queue_.append(payload.first(size));
}

void Mux::send_reset(std::uint32_t channel, ResetReason reason, std::string_view text) {
  send(FrameType::reset, channel,
       PayloadWriter().u32(static_cast<std::uint32_t>(reason)).text(text));
}

/// The header is in the pipe before it is known how much of the rest goes there: whatever does not
/// is read after it, for it is there already.
long Mux::splice_forward(int fd, std::uint32_t channel, std::size_t most) {
  if (!splices_out_ || !out_queue_.empty() || ended_ || out_ < 0) return 0;
  const auto size = std::min(most, sys::readable(fd));
  if (size < least_spliced) return 0;
  char header[header_size];
  encode_header({FrameType::data, channel, static_cast<std::uint32_t>(size)}, header);
  const long said = sys::write(out_, header, header_size);
  if (said <= 0) return 0;  // full; what else is wrong is met again by the next write
  if (said < static_cast<long>(header_size)) {
    out_queue_.append({header + said, header_size - static_cast<std::size_t>(said)});
  }
  const long moved = out_queue_.empty() ? sys::splice(fd, out_, size) : 0;
  if (moved < 0 && !is_temporary(moved)) splices_out_ = false;
  const bool whole = read_rest(fd, size - static_cast<std::size_t>(std::max(moved, 0L)));
  return whole ? static_cast<long>(size) : -ECONNRESET;
}

/// False: it is not there any more; the frame is filled up, and the channel has to be reset.
bool Mux::read_rest(int fd, std::size_t left) {
  while (left > 0) {
    char* to = out_queue_.room(left);
    const long got = sys::read(fd, to, left);
    if (got == -EINTR) continue;
    if (got <= 0) {
      std::fill(to, to + left, '\0');
      out_queue_.add(left);
      return false;
    }
    out_queue_.add(static_cast<std::size_t>(got));
    left -= static_cast<std::size_t>(got);
  }
  return true;
}

long Mux::forward(int fd, std::uint32_t channel, std::size_t most) {
  most = std::min(most, most_payload);
  if (const long moved = splice_forward(fd, channel, most); moved != 0) return moved;
  char* to = out_queue_.room(header_size + most);
  const long got = sys::read(fd, to + header_size, most);
  if (got <= 0) return got;
  encode_header({FrameType::data, channel, static_cast<std::uint32_t>(got)}, to);
  out_queue_.add(header_size + static_cast<std::size_t>(got));
  return got;
}

Channel* Mux::find(std::uint32_t id) {
  const auto place = std::lower_bound(channels_.begin(), channels_.end(), id, comes_before);
  return place != channels_.end() && (*place)->id() == id ? place->get() : nullptr;
}

Channel& Mux::add(std::unique_ptr<Channel> channel) {
  auto& added = *channel;
  const auto place = std::lower_bound(channels_.begin(), channels_.end(), added.id(), comes_before);
  channels_.insert(place, std::move(channel));
  return added;
}

void Mux::retire(Channel& channel) {
  const auto place =
      std::lower_bound(channels_.begin(), channels_.end(), channel.id(), comes_before);
  if (place == channels_.end() || place->get() != &channel) return;
  retired_.push_back(std::move(*place));
  channels_.erase(place);
}

void Mux::drop_channels() {
  while (!channels_.empty()) channels_.back()->drop(ResetReason::reset, {});
}

void Mux::wait_for_room(Channel& channel) {
  if (!std::exchange(channel.waits_for_room_, true)) starved_.push_back(channel.id());
}

void Mux::settle() {
  write_link();
  if (!full()) {
    for (const auto id : std::exchange(starved_, {})) {
      auto* channel = find(id);
      if (channel == nullptr) continue;
      channel->waits_for_room_ = false;
      channel->update();
    }
  }
  retired_.clear();
}

void Mux::on_ready(int fd, std::uint32_t events) {
  if (fd == out_ && (events & EPOLLERR) != 0 && !out_watched_) return end("the other side is gone");
  if (fd == in_) read_link();
}

/// Only at the border of two frames, with nothing read ahead, and while frames are large.
bool Mux::begin_splice() {
  if (!splices_in_ || !large_frames_ || !in_queue_.empty()) return false;
  const long got = sys::read(in_, in_queue_.room(header_size), header_size);
  if (got <= 0) return false;  // met again by the usual reading
  in_queue_.add(static_cast<std::size_t>(got));
  if (got < static_cast<long>(header_size)) return false;
  const auto header = decode_header(in_queue_.front().data());
  if (!is_possible(header) || header.type != FrameType::data || header.size < least_spliced)
    return false;
  const auto* channel = find(header.channel);
  if (channel == nullptr || !channel->can_splice(header.size)) return false;
  in_queue_.clear();
  spliced_channel_ = header.channel;
  spliced_left_ = header.size;
  return true;
}

/// What is left of the frame is read as a frame of its own.
void Mux::leave_splice() {
  encode_header({FrameType::data, spliced_channel_, static_cast<std::uint32_t>(spliced_left_)},
                in_queue_.room(header_size));
  in_queue_.add(header_size);
  spliced_left_ = 0;
  large_frames_ = false;
}

bool Mux::splice_link() {
  for (int frames = 0; frames < most_spliced; ++frames) {
    if (spliced_left_ == 0 && !begin_splice()) return false;
    if (!splice_frame()) return false;
    if (spliced_left_ > 0) return true;  // the rest is on its way
  }
  return true;
}

bool Mux::splice_frame() {
  while (spliced_left_ > 0) {
    auto* channel = find(spliced_channel_);
    const bool goes = channel != nullptr && channel->can_splice(spliced_left_);
    const long moved = goes ? channel->splice_from(in_, spliced_left_) : -EINVAL;
    if (moved > 0) {
      spliced_left_ -= static_cast<std::size_t>(moved);
      continue;
    }
    if (moved == -EINVAL && goes) splices_in_ = false;                // these are no pipes
    if (is_temporary(moved) && sys::readable(in_) == 0) return true;  // the rest is on its way
    leave_splice();
    return false;
  }
  return true;
}

void Mux::read_link() {
  if (ended_) return;
  if (splice_link()) return;
  const long got = sys::read(in_, in_queue_.room(read_size), read_size);
  if (got <= 0 && !is_temporary(got)) return end("the stream has ended");
  if (got > 0) in_queue_.add(static_cast<std::size_t>(got));
  if (!take_frames()) end("the other side said something impossible");
}

bool Mux::take_frames() {
  if (!greeted_) {
    if (in_queue_.size() < greeting_size) return true;
    Greeting greeting;
    if (!decode_greeting(in_queue_.front().data(), greeting)) return false;
    in_queue_.consume(greeting_size);
    greeted_ = true;
    on_greeting(greeting);
  }
  while (!ended_ && in_queue_.size() >= header_size) {
    const auto bytes = in_queue_.front();
    const auto header = decode_header(bytes.data());
    if (!is_possible(header) || out_queue_.size() > most_unanswered) return false;
    large_frames_ = header.type == FrameType::data && header.size >= least_spliced;
    if (bytes.size() < header_size + header.size) break;
    if (!take_frame(header, bytes.subspan(header_size, header.size))) return false;
    in_queue_.consume(header_size + header.size);
  }
  return true;
}

/// What is said of a channel that is gone here was said before the other side could know.
bool Mux::take_frame(const Header& header, std::span<const char> payload) {
  PayloadReader reader(payload);
  auto* channel = find(header.channel);
  switch (header.type) {
    case FrameType::data:
      return channel == nullptr || channel->take_data(payload);
    case FrameType::end:
      return payload.empty() && (channel == nullptr || channel->take_end());
    case FrameType::opened:
    case FrameType::credit: {
      const auto amount = reader.u32();
      if (!reader.complete()) return false;
      if (channel == nullptr) return true;
      return header.type == FrameType::opened ? channel->take_opened(amount)
                                              : channel->take_credit(amount);
    }
    case FrameType::reset: {
      const auto reason = static_cast<ResetReason>(reader.u32());
      const auto text = reader.text();
      if (reader.complete() && channel != nullptr) channel->take_reset(reason, text);
      return reader.complete();
    }
    case FrameType::ping:
      send(FrameType::pong, header.channel, payload);
      return true;
    case FrameType::pong:
      return true;
    default:
      return on_frame(header, reader);
  }
}

void Mux::write_link() {
  if (out_ < 0) return out_queue_.clear();
  while (!ended_ && !out_queue_.empty()) {
    const auto bytes = out_queue_.front();
    const long sent = sys::write(out_, bytes.data(), bytes.size());
    if (sent == -EINTR) continue;
    if (sent == -EAGAIN) break;
    if (sent < 0) return end("the other side is gone");
    out_queue_.consume(static_cast<std::size_t>(sent));
  }
  const bool wanted = !ended_ && !out_queue_.empty();
  if (wanted == out_watched_) return;
  out_watched_ = wanted;
  loop_.change(out_, wanted ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
}

void Mux::close_writing() {
  write_link();
  if (out_ < 0) return;
  loop_.forget(out_);
  sys::shutdown(out_, SHUT_WR);  // of a socket that has other users, as `in_` may be
  sys::close(out_);
  out_ = -1;
}

void Mux::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  loop_.change(in_, 0);
  if (out_ >= 0) loop_.change(out_, 0);
  out_queue_.clear();
  on_end(why);
}

}  // namespace fairlead::relay
