#include "commands/logged_output.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace fairlead::cli {
namespace {

constexpr std::size_t piece_size = 16 * 1024;
/// How long a pipe may be still once the command has ended: something that it left behind may hold
/// the other end for ever.
constexpr int quiet_ms = 100;

Error no_pipe() {
  return {Status::failed, "process.pipe", "There is no pipe for the command's output.",
          "Too many files may be open: ulimit -n"};
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0xC0U) return 1;
  if (byte < 0xE0U) return 2;
  return byte < 0xF0U ? 3 : 4;
}

}  // namespace

std::size_t unfinished_utf8(std::string_view text) {
  std::size_t size = 1;
  while (size <= std::min<std::size_t>(3, text.size())) {
    const char c = text[text.size() - size];
    if (!continues(c)) return character_size(c) > size ? size : 0;
    ++size;
  }
  return 0;
}

LoggedOutput::LoggedOutput(EventSink& sink) : log_(sink) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw no_pipe();
  read_ = UniqueFd(ends[0]);
  write_ = UniqueFd(ends[1]);
  thread_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
}

LoggedOutput::~LoggedOutput() {
  write_.reset();
  thread_.request_stop();
  thread_.join();
}

UniqueFd LoggedOutput::end() const {
  UniqueFd end(::fcntl(write_.get(), F_DUPFD_CLOEXEC, 3));
  if (!end) throw no_pipe();
  return end;
}

void LoggedOutput::read(const std::stop_token& stop) {
  std::array<char, piece_size> buffer{};
  for (;;) {
    pollfd watched{read_.get(), POLLIN, 0};
    if (::poll(&watched, 1, quiet_ms) <= 0) {
      if (stop.stop_requested()) break;
      continue;
    }
    const auto got = ::read(read_.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    log({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (!rest_.empty()) log_.raw(rest_, LogLevel::debug);
}

void LoggedOutput::log(std::string_view piece) {
  rest_ += piece;
  const auto whole = rest_.size() - unfinished_utf8(rest_);
  if (whole != 0) log_.raw(std::string_view(rest_).substr(0, whole), LogLevel::debug);
  rest_.erase(0, whole);
}

}  // namespace fairlead::cli
