#include "gate.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

/// The last thing that Unison asks for before it looks at files, by its own name.
constexpr std::string_view last_question = "loadArchive";

std::array<UniqueFd, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "process.pipe", std::string("No pipe: ") + std::strerror(errno));
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// What there is to read; 0: the end.
std::size_t read_some(int fd, std::array<char, 65536>& buffer) {
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return 0;
  }
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const auto went = ::write(fd, data, size);
    if (went < 0 && errno == EINTR) continue;
    if (went <= 0) return false;
    data += went;
    size -= static_cast<std::size_t>(went);
  }
  return true;
}

}  // namespace

Gate::Gate(std::string fifo, UniqueFd in, UniqueFd out)
    : fifo_(std::move(fifo)), end_(::eventfd(0, EFD_CLOEXEC)) {
  auto questions = new_pipe();
  auto answers = new_pipe();
  in_there_ = std::move(questions[0]);
  out_there_ = std::move(answers[1]);
  questions_ = std::thread([this, from = std::move(in), to = std::move(questions[1])]() mutable {
    pass_questions(std::move(from), std::move(to));
  });
  answers_ = std::thread([this, from = std::move(answers[0]), to = std::move(out)]() mutable {
    pass_answers(std::move(from), std::move(to));
  });
}

Gate::~Gate() {
  const std::uint64_t one = 1;
  (void)!::write(end_.get(), &one, sizeof one);
  answers_.join();
  questions_.join();
}

void Gate::pass_questions(UniqueFd from, UniqueFd to) {
  std::array<char, 65536> buffer;
  std::string seen;
  for (;;) {
    std::array<pollfd, 2> ready{pollfd{from.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
    ::poll(ready.data(), ready.size(), -1);
    if (ready[1].revents != 0) return;
    if (ready[0].revents == 0) continue;
    const auto got = read_some(from.get(), buffer);
    if (got == 0) return;
    if (!is_shut_) {
      seen.append(buffer.data(), got);
      // Before the question is passed on: its answer cannot slip through.
      if (seen.find(last_question) != std::string::npos) is_shut_ = true;
      if (seen.size() > last_question.size()) seen.erase(0, seen.size() - last_question.size());
    }
    if (!write_all(to.get(), buffer.data(), got)) return;
  }
}

void Gate::pass_answers(UniqueFd from, UniqueFd to) {
  std::array<char, 65536> buffer;
  bool waited = false;
  for (;;) {
    const auto got = read_some(from.get(), buffer);
    if (got == 0) return;
    if (is_shut_ && !std::exchange(waited, true)) wait_until_open(from.get());
    if (!write_all(to.get(), buffer.data(), got)) return;
  }
}

/// Until the FIFO says so, or the command on the host has ended.
void Gate::wait_until_open(int from) const {
  const UniqueFd fifo(::open(fifo_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fifo) return;
  for (;;) {
    std::array<pollfd, 3> ready{pollfd{fifo.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0},
                                pollfd{from, 0, 0}};
    ::poll(ready.data(), ready.size(), -1);
    if (ready[0].revents != 0 || ready[1].revents != 0 || ready[2].revents != 0) return;
  }
}

}  // namespace fairlead
