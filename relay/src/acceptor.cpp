#include "acceptor.hpp"

#include "connection.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

namespace fairlead::relay {
namespace {

constexpr int most_waiting = 512;
constexpr int pause_ms = 200;

/// The other end of a connection that was made to an Acceptor.
class Accepted final : public Channel {
 public:
  using Channel::Channel;

 private:
  bool on_opened() override { return true; }
};

std::uint16_t port_of(int fd) {
  Address address;
  socklen_t size = sizeof address.local;
  sys::call(SYS_getsockname, fd, sys::address(&address.any), sys::address(&size));
  if (address.family() == AF_UNIX) return 0;
  return __builtin_bswap16(address.in4.sin_port);  // at the same place for both versions
}

std::uint64_t inode_of(int fd) {
  struct stat info {};
  return sys::call(SYS_fstat, fd, sys::address(&info)) == 0 ? info.st_ino : 0;
}

}  // namespace

void Acceptor::listen_at(const Address& address) {
  const long result = prepare(address);
  if (result < 0) return reset(reason_of(static_cast<int>(-result)));
  inode_ = inode_of(socket_);
  mux().loop().watch(socket_, EPOLLIN, watcher_);
  mux().send(FrameType::listening, id(), PayloadWriter().u16(port_of(socket_)));
}

long Acceptor::prepare(const Address& address) {
  if (address.size == 0) return -EINVAL;
  socket_ = sys::socket(address.family(), SOCK_STREAM);
  if (socket_ < 0) return socket_;
  const int on = 1;
  if (address.family() != AF_UNIX) {
    sys::set_option(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  if (address.family() == AF_INET6) {
    sys::set_option(socket_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (const long result = sys::bind(socket_, &address.any, address.size); result < 0) return result;
  if (address.family() == AF_UNIX && address.local.sun_path[0] != 0) {
    const std::string_view path = address.local.sun_path;
    path_.assign(path.begin(), path.end());
    path_.push_back(0);
    sys::call(SYS_fchmodat, AT_FDCWD, sys::address(path_.data()), 0600);
  }
  return sys::listen(socket_, most_waiting);
}

void Acceptor::accept_one() {
  const int fd = sys::accept(socket_);
  if (fd == -EAGAIN || fd == -EINTR || fd == -ECONNABORTED) return;
  if (fd < 0) {  // no descriptor is left: not asked again and again
    mux().loop().change(socket_, 0);
    return set(pause_ms);
  }
  const int on = 1;
  sys::set_option(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto& channel = mux().add(std::make_unique<Accepted>(mux(), next_id_));
  next_id_ += 2;
  mux().send(FrameType::accepted, channel.id(), PayloadWriter().u32(id()).u32(window));
  channel.join(fd, fd);
}

void Acceptor::on_timer() {
  if (socket_ >= 0) mux().loop().change(socket_, EPOLLIN);
}

void Acceptor::on_done(bool, ResetReason, std::string_view) { stop(); }

void Acceptor::stop() {
  clear();
  if (socket_ < 0) return;
  if (inode_ != 0) mux().loop().forget(socket_);
  sys::close(socket_);
  socket_ = -1;
  if (!path_.empty()) sys::call(SYS_unlinkat, AT_FDCWD, sys::address(path_.data()), 0);
  path_.clear();
}

}  // namespace fairlead::relay
