#include "client_proxies.hpp"

#include "json.hpp"

#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <array>
#include <utility>

namespace fairlead::engine {
namespace {

constexpr std::array<std::array<const char*, 3>, 5> keys = {
    {{"httpProxy", "HTTP_PROXY", "http_proxy"},
     {"httpsProxy", "HTTPS_PROXY", "https_proxy"},
     {"noProxy", "NO_PROXY", "no_proxy"},
     {"ftpProxy", "FTP_PROXY", "ftp_proxy"},
     {"allProxy", "ALL_PROXY", "all_proxy"}}};

Json client_config(const ClientSide& client) {
  auto folder = variable(client.environment, "DOCKER_CONFIG");
  const auto home = variable(client.environment, "HOME");
  if (folder.empty() && !home.empty()) folder = home + "/.docker";
  if (folder.empty() || !client.read_file) return {};
  try {
    return Json::parse(client.read_file(folder + "/config.json"), nullptr, false);
  } catch (const Error&) {
    return {};  // most people have none
  }
}

}  // namespace

Environment client_proxies(const ClientSide& client) {
  Environment proxies;
  const auto config = client_config(client);
  if (!config.is_object()) return proxies;
  const auto& all = member(config, "proxies");
  if (!all.is_object()) return proxies;
  auto host = variable(client.environment, "DOCKER_HOST");
  if (host.empty()) host = "unix:///var/run/docker.sock";
  const auto& ours = all.contains(host) ? all.at(host) : member(all, "default");
  if (!ours.is_object()) return proxies;
  for (const auto& [key, upper, lower] : keys) {
    const auto value = text_of(ours, key);
    if (value.empty()) continue;
    proxies[upper] = value;
    proxies[lower] = value;
  }
  return proxies;
}

}  // namespace fairlead::engine
