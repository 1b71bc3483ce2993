#include "ssh-remote/address.hpp"

#include <fairlead/error.hpp>

#include <algorithm>

namespace fairlead::ssh {
namespace {

constexpr std::string_view scheme = "ssh://";

Error bad_address(std::string_view text, const std::string& why) {
  return {Status::invalid, "host.address",
          "The host '" + std::string(text) + "' cannot be reached by SSH: " + why + ".",
          "Addresses look like ssh://user@host or ssh://host:2222."};
}

// What no user or host name has, and a shell or ssh could read something into.
bool is_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c > ' ' && c != 0x7f &&
           std::string_view("'\"`$\\;&|<>(){}*?!#~").find(static_cast<char>(c)) ==
               std::string_view::npos;
  });
}

void check_name(std::string_view text, const std::string& name, const char* what) {
  if (!name.empty() && name.front() == '-') {
    throw bad_address(text, std::string("a ") + what + " does not begin with '-'");
  }
  if (!is_name(name)) throw bad_address(text, std::string("this is no name of a ") + what);
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::stoi(std::string(port)) >= 1 && std::stoi(std::string(port)) <= 65535;
}

}  // namespace

std::string Address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(scheme) + (user.empty() ? "" : user + '@') + (v6 ? '[' + host + ']' : host) +
         (port.empty() ? "" : ':' + port);
}

Address parse_address(std::string_view text) {
  if (!text.starts_with(scheme)) throw bad_address(text, "it does not begin with ssh://");
  auto rest = text.substr(scheme.size());
  rest = rest.substr(0, rest.find('/'));
  Address address;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    address.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    if (address.user.find(':') != std::string::npos) {
      throw bad_address(text, "a password does not belong into an address");
    }
  }
  std::string_view behind;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) throw bad_address(text, "the ']' is missing");
    address.host = rest.substr(1, close - 1);
    behind = rest.substr(close + 1);
  } else {
    const auto colon = rest.find(':');
    address.host = rest.substr(0, colon);
    behind = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon);
  }
  if (!behind.empty()) {
    if (behind.front() != ':' || !is_port(behind.substr(1))) {
      throw bad_address(text, "the port is not a number from 1 to 65535");
    }
    address.port = behind.substr(1);
  }
  if (address.host.empty()) throw bad_address(text, "it names no host");
  check_name(text, address.host, "host");
  check_name(text, address.user, "user");
  return address;
}

}  // namespace fairlead::ssh
