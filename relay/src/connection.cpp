#include "connection.hpp"

#include "network.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <netinet/tcp.h>

namespace fairlead::relay {
namespace {

constexpr int connect_limit_ms = 30000;

}  // namespace

ResetReason reason_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return ResetReason::refused;
    case ENOENT:
    case ENOTDIR:
      return ResetReason::not_found;
    case EACCES:
    case EPERM:
      return ResetReason::denied;
    case EADDRINUSE:
      return ResetReason::taken;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
      return ResetReason::bad_address;
    case ETIMEDOUT:
      return ResetReason::timed_out;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
      return ResetReason::unreachable;
    case ECONNRESET:
    case EPIPE:
      return ResetReason::reset;
    default:
      return ResetReason::other;
  }
}

Connection::~Connection() { abandon(); }

void Connection::connect_to(const Address& address, std::uint64_t netns) {
  netns_ = netns;
  addresses_.push_back(address);
  try_next();
}

void Connection::connect_to_name(std::string_view name, std::uint16_t port, std::uint64_t netns) {
  netns_ = netns;
  start(name, port);
}

void Connection::on_resolved(const std::vector<Address>& addresses) {
  if (addresses.empty()) return reset(ResetReason::unreachable, "no such name");
  addresses_ = addresses;
  try_next();
}

void Connection::try_next() {
  while (next_ < addresses_.size()) {
    const auto& address = addresses_[next_++];
    socket_ = socket_in(netns_, address.family());
    if (socket_ < 0) {
      last_error_ = -socket_;
      socket_ = -1;
      continue;
    }
    const long result = sys::connect(socket_, &address.any, address.size);
    if (result == 0) return connected();
    if (result == -EINPROGRESS) {
      mux().loop().watch(socket_, EPOLLOUT, attempt_);
      attempt_.set(connect_limit_ms);
      return;
    }
    last_error_ = static_cast<int>(-result);
    sys::close(socket_);
    socket_ = -1;
  }
  reset(reason_of(last_error_));
}

void Connection::Attempt::on_ready(int fd, std::uint32_t) {
  connection_.attempted(sys::socket_error(fd));
}
void Connection::Attempt::on_timer() { connection_.attempted(ETIMEDOUT); }

void Connection::attempted(int error) {
  if (error == 0) {
    mux().loop().forget(socket_);
    return connected();
  }
  last_error_ = error;
  abandon();
  try_next();
}

void Connection::connected() {
  attempt_.clear();
  const int fd = socket_;
  socket_ = -1;
  const int on = 1;
  sys::set_option(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  mux().send(FrameType::opened, id(), PayloadWriter().u32(window));
  allow(credit_);
  join(fd, fd);
}

void Connection::abandon() {
  attempt_.clear();
  if (socket_ < 0) return;
  mux().loop().forget(socket_);
  sys::close(socket_);
  socket_ = -1;
}

void Connection::on_done(bool, ResetReason, std::string_view) { abandon(); }

}  // namespace fairlead::relay
