#include "server/names.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fairlead::server {
namespace {

constexpr std::size_t most_letters = 40;
constexpr std::size_t key_letters = 4;
constexpr std::string_view suffix = ".localhost";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string plain_name(const EnvironmentForwards& environment) {
  const auto folder = environment.folder.empty()
                          ? environment.container
                          : std::filesystem::path(environment.folder).filename().string();
  std::string name;
  for (const char c : lower(folder)) {
    const bool possible = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (possible) name += c;
    if (!possible && !name.empty() && name.back() != '-') name += '-';
  }
  name.resize(std::min(name.size(), most_letters));
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "environment" : name;
}

/// "8080", "5432.db" or "db".
std::optional<ForwardInfo> find_in(const EnvironmentForwards& environment,
                                   const std::string& name) {
  std::optional<ForwardInfo> found;
  for (const auto& forward : environment.forwards) {
    const auto own = name_of(forward);
    if (!own) continue;
    if (*own == name) return forward;
    const bool lowest = !found || forward.target.port < found->target.port;
    if (lower(forward.target.host) == name && lowest) found = forward;
  }
  return found;
}

}  // namespace

std::string name_of(const EnvironmentForwards& environment,
                    const std::vector<EnvironmentForwards>& all) {
  auto name = plain_name(environment);
  const auto same = std::count_if(all.begin(), all.end(),
                                  [&](const auto& other) { return plain_name(other) == name; });
  return same <= 1 ? name : name + '-' + environment.key.substr(0, key_letters);
}

std::optional<std::string> name_of(const ForwardInfo& forward) {
  if (forward.reverse || forward.port == 0 || !forward.target.socket.empty()) return std::nullopt;
  const auto port = std::to_string(forward.target.port);
  return forward.target.host == "localhost" ? port : port + '.' + lower(forward.target.host);
}

std::optional<ForwardInfo> find_by_name(const std::vector<EnvironmentForwards>& all,
                                        const std::string& name) {
  const auto wanted = lower(name);
  for (const auto& environment : all) {
    const auto end = '.' + name_of(environment, all);
    if (!wanted.ends_with(end)) continue;
    if (auto found = find_in(environment, wanted.substr(0, wanted.size() - end.size()))) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<std::string> name_in_host(std::string host) {
  if (const auto colon = host.rfind(':'); colon != std::string::npos) {
    if (host.find_first_not_of("0123456789", colon + 1) != std::string::npos) return std::nullopt;
    host.resize(colon);
  }
  host = lower(std::move(host));
  if (host.ends_with('.')) host.pop_back();
  if (!host.ends_with(suffix)) return std::nullopt;
  host.resize(host.size() - suffix.size());
  return host;
}

}  // namespace fairlead::server
