#include <fairlead/engine/transport.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace fairlead::engine {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(UniqueFd socket) : socket_(std::move(socket)) {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
  }

  int fd() const noexcept override { return socket_.get(); }

  ssize_t try_read(char* data, std::size_t size) override {
    return checked(::recv(socket_.get(), data, size, MSG_DONTWAIT));
  }

  ssize_t try_write(const char* data, std::size_t size) override {
    return checked(::send(socket_.get(), data, size, MSG_DONTWAIT | MSG_NOSIGNAL));
  }

  void close_write() override { ::shutdown(socket_.get(), SHUT_WR); }

 private:
  static ssize_t checked(ssize_t result) {
    if (result >= 0) return result;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return -1;
    throw_gone(std::strerror(errno));
  }

  UniqueFd socket_;
};

}  // namespace

void throw_gone(const std::string& why) {
  throw Error(Status::unavailable, "engine.gone",
              "The connection to the engine was lost: " + why + ".",
              "Is the engine still running? Run the command again once it is.");
}

std::unique_ptr<Transport> plain_transport(UniqueFd socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

void wait_for(int fd, short events, const sdk::Call& call) {
  for (;;) {
    pollfd watched[2] = {{fd, events, 0}, {call.cancel_fd(), POLLIN, 0}};
    const int ready = ::poll(watched, 2, -1);
    if (ready < 0 && errno != EINTR) throw_gone(std::strerror(errno));
    if (watched[1].revents != 0) call.throw_if_cancelled();
    if (ready > 0 && watched[0].revents != 0) return;
  }
}

std::size_t read_some(Transport& transport, char* data, std::size_t size, const sdk::Call& call) {
  for (;;) {
    const auto got = transport.try_read(data, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    wait_for(transport.fd(), POLLIN, call);
  }
}

void write_all(Transport& transport, const char* data, std::size_t size, const sdk::Call& call) {
  while (size > 0) {
    const auto sent = transport.try_write(data, size);
    if (sent < 0) {
      wait_for(transport.fd(), POLLOUT, call);
      continue;
    }
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

}  // namespace fairlead::engine
