#include "server/free_ports.hpp"

#include <fairlead/unique_fd.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

namespace fairlead::server {
namespace {

constexpr std::chrono::milliseconds pause{10};

bool is_taken(const std::string& address, int port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto service = std::to_string(port);
  if (::getaddrinfo(address.c_str(), service.c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
  const UniqueFd probe(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;  // connections that have not quite ended are no hindrance
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return ::bind(probe.get(), found->ai_addr, found->ai_addrlen) != 0 && errno == EADDRINUSE;
}

}  // namespace

void wait_for_free_ports(const std::vector<ForwardWish>& wishes, std::chrono::milliseconds limit,
                         const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (const auto& wish : wishes) {
    if (wish.reverse || wish.local_port.value_or(0) == 0) continue;
    const auto address = wish.addresses.empty() ? "127.0.0.1" : wish.addresses.front();
    while (is_taken(address, *wish.local_port) && !stop.stop_requested() &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(pause);
    }
  }
}

}  // namespace fairlead::server
