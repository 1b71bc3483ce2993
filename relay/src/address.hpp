#pragma once

#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace fairlead::relay {

/// Where a socket is, for the kernel.
struct Address {
  union {
    sockaddr any;
    sockaddr_in in4;
    sockaddr_in6 in6;
    sockaddr_un local;
  };
  std::size_t size = 0;

  Address() : local{} {}

  static Address v4(const void* bytes, std::uint16_t port) {
    Address address;
    address.in4.sin_family = AF_INET;
    address.in4.sin_port = __builtin_bswap16(port);
    std::memcpy(&address.in4.sin_addr, bytes, 4);
    address.size = sizeof address.in4;
    return address;
  }
  static Address v6(const void* bytes, std::uint16_t port) {
    Address address;
    address.in6.sin6_family = AF_INET6;
    address.in6.sin6_port = __builtin_bswap16(port);
    std::memcpy(&address.in6.sin6_addr, bytes, 16);
    address.size = sizeof address.in6;
    return address;
  }
  /// Size 0: the path is too long. A path that begins with @ is an abstract name.
  static Address path(std::string_view path) {
    Address address;
    if (path.empty() || path.size() >= sizeof address.local.sun_path) return address;
    address.local.sun_family = AF_UNIX;
    std::memcpy(address.local.sun_path, path.data(), path.size());
    if (path.front() == '@') address.local.sun_path[0] = 0;
    address.size = offsetof(sockaddr_un, sun_path) + path.size() + (path.front() == '@' ? 0 : 1);
    return address;
  }

  int family() const { return any.sa_family; }
};

}  // namespace fairlead::relay
