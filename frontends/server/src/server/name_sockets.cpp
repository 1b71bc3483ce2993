#include "server/name_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace fairlead::server {
namespace {

constexpr int backlog = 128;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// Of an IPv4 or IPv6 address; what listens everywhere is reached on loopback.
Address address_of(const std::string& text, int port) {
  Address address;
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  const auto number = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    if (IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr)) six->sin6_addr = in6addr_loopback;
    six->sin6_family = AF_INET6;
    six->sin6_port = number;
    address.size = sizeof *six;
    return address;
  }
  if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) != 1 || four->sin_addr.s_addr == 0) {
    four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  four->sin_family = AF_INET;
  four->sin_port = number;
  address.size = sizeof *four;
  return address;
}

}  // namespace

UniqueFd listen_locally(const std::string& text, int port) {
  const auto address = address_of(text, port);
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.storage.ss_family == AF_INET6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  const bool listens =
      ::bind(fd.get(), generic, address.size) == 0 && ::listen(fd.get(), backlog) == 0;
  return listens ? std::move(fd) : UniqueFd();
}

UniqueFd connect_to_server(const NamedServer& server) {
  const auto address = address_of(server.address, server.port);
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  return ::connect(fd.get(), generic, address.size) == 0 ? std::move(fd) : UniqueFd();
}

}  // namespace fairlead::server
