// The smallest forwarder that keeps all promises: one listener, a thread per connection, the
// backend's own streams.
#include <fairlead/sdk/plugin.hpp>
#include <fairlead/sdk/pump.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <list>
#include <string>
#include <thread>

namespace {

namespace sdk = fairlead::sdk;
using fairlead::Error;
using fairlead::Status;
using fairlead::UniqueFd;

sockaddr_in address_of(const fairlead::PortsForwardRequest& request) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(request.local_port));
  if (::inet_pton(AF_INET, request.local_address.c_str(), &address.sin_addr) != 1) {
    throw Error(Status::invalid, "ports.address", request.local_address + " is no IPv4 address");
  }
  return address;
}

UniqueFd listener(const fairlead::PortsForwardRequest& request) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = address_of(request);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd.get(), SOMAXCONN) == 0) {
    return fd;
  }
  throw Error(Status::conflict, "ports.listen",
              "Port " + std::to_string(request.local_port) +
                  " cannot be used: " + std::strerror(errno) + ".");
}

std::string where(const UniqueFd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ':' + std::to_string(ntohs(address.sin_port));
}

class PlainPorts final : public sdk::PortForwarder {
 public:
  explicit PlainPorts(sdk::Core core) : core_(core) {}

  fairlead::Empty forward(const fairlead::PortsForwardRequest& request, sdk::Call& call) override {
    const auto socket = listener(request);
    fairlead::Event event;
    event.started = where(socket);
    call.emit(event);
    std::list<Connection> connections;  // joined at the end; each ends with the call
    for (;;) {
      std::array<pollfd, 2> both{pollfd{socket.get(), POLLIN, 0},
                                 pollfd{call.cancel_fd(), POLLIN, 0}};
      if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) break;
      call.throw_if_cancelled();
      if (both[0].revents == 0) continue;
      connections.remove_if([](const Connection& each) { return each.ended.load(); });
      UniqueFd near(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (near) {
        auto& fresh = connections.emplace_back();
        fresh.thread =
            std::jthread([this, &request, &call, &fresh, near = std::move(near)]() mutable {
              serve(std::move(near), request, call);
              fresh.ended = true;
            });
      } else if (errno == EMFILE || errno == ENFILE) {
        ::poll(&both[1], 1, 100);  // it stays readable until there are descriptors again
      }
    }
    throw Error(Status::failed, "ports.listen", "the listener failed");
  }

 private:
  struct Connection {
    std::atomic<bool> ended = false;
    std::jthread thread;
  };

  void serve(UniqueFd near, const fairlead::PortsForwardRequest& request, sdk::Call& call) {
    try {
      const auto far = core_.backend().dial(
          {.id = request.id, .host = request.host, .port = request.port, .socket = {}}, call);
      sdk::relay(near.get(), far.get(), call.cancel_fd());
    } catch (const std::exception& error) {  // this connection alone
      core_.log(sdk::Level::debug, error.what());
    }
  }

  sdk::Core core_;
};

}  // namespace

FAIRLEAD_PLUGIN(PlainPorts, "org.example.plain-ports", "0.1.0");
