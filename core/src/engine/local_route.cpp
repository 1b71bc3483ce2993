#include "engine/local_route.hpp"

#include "ports/attributes.hpp"

#include <fairlead/plugins.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <chrono>

namespace fairlead {
namespace {

constexpr std::chrono::seconds limit{30};

}  // namespace

std::optional<ports::SocketAddress> LocalRoute::straight() {
  ports::SocketAddress address;
  if (!target_.socket.empty()) {
    auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
    if (target_.socket.size() >= sizeof name.sun_path) return std::nullopt;
    name.sun_family = AF_UNIX;
    target_.socket.copy(name.sun_path, target_.socket.size());
    address.size = sizeof name;
    return address;
  }
  if (!ports::is_localhost(target_.host)) return std::nullopt;
  auto& place = reinterpret_cast<sockaddr_in&>(address.storage);
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(target_.port));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.size = sizeof place;
  return address;
}

UniqueFd LocalRoute::dial(UniqueFd&, const std::shared_ptr<ports::Traffic>&, std::stop_token stop) {
  const auto host = ports::is_localhost(target_.host) ? std::string("::1") : target_.host;
  return local_host()->dial({.host = host, .port = target_.port, .socket = target_.socket},
                            {.stop = std::move(stop), .timeout = limit});
}

}  // namespace fairlead
