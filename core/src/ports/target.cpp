#include <fairlead/ports.hpp>

#include <charconv>

namespace fairlead {
namespace {

constexpr int highest_port = 65535;

std::optional<int> port_in(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return whole && port >= 0 && port <= highest_port ? std::optional(port) : std::nullopt;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw Error(Status::invalid, "ports.target", '\'' + std::string(text) + "' " + why,
              "Write PORT, HOST:PORT or /SOCKET, with :LOCAL behind it for another port or a "
              "socket here.");
}

bool is_path(std::string_view text) {
  return text.starts_with('/') || text.starts_with("./") || text.starts_with("../");
}

void set_local(ForwardWish& wish, std::string_view local, std::string_view all) {
  if (is_path(local)) {
    wish.local_socket = std::string(local);
    return;
  }
  wish.local_port = port_in(local);
  if (!wish.local_port) refuse(all, "names no port or socket of this side");
}

ForwardWish socket_forward(std::string_view text) {
  ForwardWish wish;
  const auto colon = text.find(':');
  wish.target.socket = std::string(text.substr(0, colon));
  wish.local_port = 0;
  if (colon != std::string_view::npos) set_local(wish, text.substr(colon + 1), text);
  return wish;
}

/// The host and what follows its colon; no host: an empty one.
std::pair<std::string, std::string_view> split_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find("]:");
    if (end == std::string_view::npos) refuse(text, "has no port behind its address");
    return {std::string(text.substr(1, end - 1)), text.substr(end + 2)};
  }
  const auto colon = text.find(':');
  if (port_in(text.substr(0, colon))) return {"", text};
  if (colon == std::string_view::npos || colon == 0) refuse(text, "is no port from 1 to 65535");
  return {std::string(text.substr(0, colon)), text.substr(colon + 1)};
}

}  // namespace

std::string to_text(const PortTarget& target) {
  if (!target.socket.empty()) return target.socket;
  if (target.host == "localhost" || target.host.empty()) return std::to_string(target.port);
  const bool six = target.host.find(':') != std::string::npos;
  return (six ? '[' + target.host + ']' : target.host) + ':' + std::to_string(target.port);
}

ForwardWish parse_forward(std::string_view text) {
  if (text.starts_with('/')) return socket_forward(text);
  const auto [host, rest] = split_host(text);
  const auto colon = rest.find(':');
  const auto port = port_in(rest.substr(0, colon));
  if (!port || *port == 0) refuse(text, "is no port from 1 to 65535");
  ForwardWish wish;
  wish.target.port = *port;
  if (!host.empty()) wish.target.host = host;
  if (colon != std::string_view::npos) set_local(wish, rest.substr(colon + 1), text);
  return wish;
}

}  // namespace fairlead
