#include "network.hpp"

#include "files.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <sched.h>

namespace fairlead::relay {
namespace {

/// "net:[4026531840]"
std::uint64_t number_in(const Text& link) {
  auto text = view(link);
  constexpr std::string_view before = "net:[";
  if (text.substr(0, before.size()) != before) return 0;
  text.remove_prefix(before.size());
  return take_number(text);
}

int open_network(std::uint64_t netns) {
  for (const auto pid : numbers_in("/proc")) {
    if (network_of(pid) == netns) return sys::open(ProcPath(pid, "/ns/net").c_str(), O_RDONLY);
  }
  return -ENOENT;
}

}  // namespace

std::uint64_t network_of(std::uint64_t pid) {
  return number_in(read_link(ProcPath(pid, "/ns/net").c_str()));
}

std::uint64_t own_network() { return number_in(read_link("/proc/self/ns/net")); }

int socket_in(std::uint64_t netns, int family) {
  if (netns == 0 || netns == own_network()) return sys::socket(family, SOCK_STREAM);
  const int there = open_network(netns);
  if (there < 0) return there;
  const int here = sys::open("/proc/self/ns/net", O_RDONLY);
  int result = static_cast<int>(sys::call(SYS_setns, there, CLONE_NEWNET));
  if (result == 0) {
    result = sys::socket(family, SOCK_STREAM);
    sys::call(SYS_setns, here, CLONE_NEWNET);
  }
  sys::close(there);
  sys::close(here);
  return result;
}

}  // namespace fairlead::relay
