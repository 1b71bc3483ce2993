#include "plugins/cancel_watch.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace fairlead {

namespace {

int control(int epoll, int operation, int fd, std::uint64_t id) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = id;
  return ::epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

CancelWatch::CancelWatch()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), end_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !end_ || control(epoll_.get(), EPOLL_CTL_ADD, end_.get(), 0) != 0) {
    throw Error(Status::unavailable, "system.descriptors",
                std::string("cannot open an event descriptor: ") + std::strerror(errno));
  }
}

CancelWatch::~CancelWatch() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(end_.get(), &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void CancelWatch::serve() {
  for (;;) {
    epoll_event event{};
    if (::epoll_wait(epoll_.get(), &event, 1, -1) < 1) continue;
    const std::uint64_t id = event.data.u64;  // a copy: the kernel's record is packed
    if (id == 0) return;
    std::stop_source stop(std::nostopstate);
    {
      const std::lock_guard lock(mutex_);
      const auto found = watched_.find(id);
      if (found == watched_.end()) continue;
      stop = found->second;
    }
    stop.request_stop();  // outside: its callbacks may take their time
  }
}

std::uint64_t CancelWatch::add(int fd, const std::stop_source& stop) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  const auto id = next_++;
  watched_.emplace(id, stop);
  if (control(epoll_.get(), EPOLL_CTL_ADD, fd, id) != 0) watched_.erase(id);
  return id;
}

void CancelWatch::remove(std::uint64_t id, int fd) {
  const std::lock_guard lock(mutex_);
  if (watched_.erase(id) > 0) control(epoll_.get(), EPOLL_CTL_DEL, fd, 0);
}

// A copy of the descriptor: overlapping calls of one caller share theirs, and a set takes it once.
CancelWatch::Watched::Watched(CancelWatch& watch, int fd)
    : watch_(watch),
      fd_(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)),
      id_(watch.add(fd_.get(), stop_)) {}

CancelWatch::Watched::~Watched() { watch_.remove(id_, fd_.get()); }

}  // namespace fairlead
