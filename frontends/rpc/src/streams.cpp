#include "streams.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/no_sigpipe.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace fairlead::rpc {
namespace {

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "rpc.stream",
                std::string("No pipe could be made: ") + std::strerror(errno) + '.');
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// Until the last writer has gone; after `stop` what is there already is enough: a plugin that was
/// left behind may keep its end for ever.
void read_all(int fd, const std::stop_token& stop,
              const std::function<void(std::string_view)>& hand_on) {
  std::array<char, 65536> buffer{};
  while (true) {
    const bool last = stop.stop_requested();  // before poll: what came until then is read
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    const int found = ::poll(&ready, 1, last ? 0 : 100);
    if (found == 0 && last) return;
    if (found <= 0) continue;
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    hand_on({buffer.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace

Output::Output(std::function<void(std::string_view)> hand_on) : hand_on_(std::move(hand_on)) {
  auto ends = make_pipe();
  reader_ = std::move(ends.reader);
  writer_ = std::move(ends.writer);
  thread_ = std::jthread(
      [this](const std::stop_token& stop) { read_all(reader_.get(), stop, hand_on_); });
}

Output::~Output() {
  thread_.request_stop();
  writer_.reset();
}

Input::~Input() { close(); }

UniqueFd Input::open() {
  auto ends = make_pipe();
  const std::lock_guard lock(mutex_);
  ::fcntl(ends.writer.get(), F_SETFL, O_NONBLOCK);
  writer_ = std::move(ends.writer);
  opened_ = true;
  thread_ = std::jthread([this](const std::stop_token& stop) { pump(stop); });
  return std::move(ends.reader);
}

void Input::write(std::string bytes, bool end) {
  const std::lock_guard lock(mutex_);
  if (!opened_ || ended_) {
    throw Error(Status::conflict, "rpc.stream", "The command's stdin is not open.",
                "Say \"stdin\": true when starting it, and \"end\": true once only.");
  }
  if (waiting_bytes_ + bytes.size() > most_waiting) {
    throw Error(Status::unavailable, "rpc.stream", "The command does not read its stdin.",
                "Wait for its output before sending more.");
  }
  waiting_bytes_ += bytes.size();
  waiting_.push_back(std::move(bytes));
  ended_ = end;
  changed_.notify_all();
}

void Input::close() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waiting_.clear();
    changed_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
}

namespace {

/// False when the reader has gone or nothing is wanted any more.
bool write_some(int fd, std::string_view& bytes) {
  const auto count = ::write(fd, bytes.data(), bytes.size());
  if (count >= 0) {
    bytes.remove_prefix(static_cast<std::size_t>(count));
    return true;
  }
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
  ::poll(&ready, 1, 100);
  return true;
}

}  // namespace

void Input::pump(const std::stop_token& stop) {
  const sdk::NoSigpipe quiet;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) break;
    const auto bytes = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    std::string_view left = bytes;
    bool open = true;
    while (open && !left.empty() && !stop.stop_requested()) open = write_some(writer_.get(), left);
    lock.lock();
    waiting_bytes_ -= bytes.size();
    if (!open || stop.stop_requested()) break;
  }
  writer_.reset();
}

}  // namespace fairlead::rpc
