#include "json.hpp"

#include <fairlead/engine/checks.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace fairlead::engine {
namespace {

Check good(std::string name, std::string message) {
  return {.name = std::move(name), .message = std::move(message)};
}

Check warning(std::string name, std::string message, std::string hint) {
  return {std::move(name), "warning", std::move(message), std::move(hint)};
}

Check bad(std::string name, std::string message, std::string hint) {
  return {std::move(name), "bad", std::move(message), std::move(hint)};
}

/// "20.10.24+dfsg1" is 20 and 10; engines that count otherwise are none of Docker's and pass.
bool is_too_old(const std::string& version) {
  int major = 0;
  int minor = 0;
  if (std::sscanf(version.c_str(), "%d.%d", &major, &minor) != 2 || major < 17) return false;
  return major < oldest_major || (major == oldest_major && minor < oldest_minor);
}

Check version_check(const Json& version) {
  const auto number = text_of(version, "Version");
  if (is_too_old(number)) {
    return bad("version", "The engine is " + number + ", older than 18.06.", "Update Docker.");
  }
  return good("version", "Version " + number + ", API " + text_of(version, "ApiVersion") + ".");
}

Check kind_check(const Json& info) {
  if (text_of(info, "OSType") == "windows") {
    return bad("containers", "The engine runs Windows containers.",
               "Switch it to Linux containers; Windows containers are not supported.");
  }
  if (text_of(info, "DockerRootDir").starts_with("/var/snap/")) {
    return warning("containers",
                   "The engine is the snap package, which sees no folder outside your home and no "
                   "hidden one in it.",
                   "Install Docker from its own or the distribution's packages.");
  }
  return good("containers", "Linux containers.");
}

Check architecture_check(const Json& version, const ClientFacts& client) {
  const auto arch = text_of(version, "Arch");
  if (client.arch.empty() || arch == client.arch)
    return good("architecture", "Runs " + arch + " images.");
  return warning("architecture",
                 "The engine's machine is " + arch + ", this one is " + client.arch + ".",
                 "Programs that you build here do not run there; let it build them.");
}

std::optional<std::int64_t> seconds_of(const std::string& time) {
  std::tm parts{};
  const char* zone = ::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (zone == nullptr) return {};
  if (*zone == '.') {
    for (++zone; *zone >= '0' && *zone <= '9';) ++zone;
  }
  int hours = 0;
  int minutes = 0;
  if ((*zone == '+' || *zone == '-') && std::sscanf(zone + 1, "%2d:%2d", &hours, &minutes) == 2) {
    const std::int64_t offset = hours * 3600 + minutes * 60;
    return ::timegm(&parts) - (*zone == '-' ? -offset : offset);
  }
  return ::timegm(&parts);
}

Check clock_check(const Json& info, const ClientFacts& client) {
  constexpr std::int64_t tolerance = 30;
  const auto there = seconds_of(text_of(info, "SystemTime"));
  if (!there) return good("clock", "The engine does not say its time.");
  const auto difference = std::llabs(*there - client.now);
  if (difference <= tolerance) return good("clock", "The engine's clock agrees with this one.");
  return warning("clock", "The engine's clock differs by " + std::to_string(difference) + " s.",
                 "Set both; certificates, caches and make judge by time. A virtual machine that "
                 "slept needs a restart.");
}

Check cgroup_check(const Json& info) {
  const auto version = text_of(info, "CgroupVersion");
  const auto driver = text_of(info, "CgroupDriver");
  if (driver == "none") {
    return warning("cgroups", "The engine cannot use cgroups: limits have no effect.",
                   "With a rootless engine, enable delegation (systemd, cgroup v2).");
  }
  return good("cgroups", "cgroup v" + (version.empty() ? "1" : version) + ", " + driver + ".");
}

/// A virtual machine sees of this machine what its settings share.
std::optional<Check> sharing_check(const Json& info, const ClientFacts& client) {
  const auto system = text_of(info, "OperatingSystem");
  if (system.find("Docker Desktop") == std::string::npos) return {};
  if (client.local) {
    return warning("file sharing", "Docker Desktop runs containers in a virtual machine.",
                   "Only folders under Settings, Resources, File sharing can be mounted.");
  }
  return good("file sharing", "Docker Desktop at another machine.");
}

}  // namespace

std::vector<Check> engine_checks(std::string_view version_json, std::string_view info_json,
                                 const ClientFacts& client) {
  const auto version = parse_json(version_json, Json::value_t::object);
  const auto info = parse_json(info_json, Json::value_t::object);
  std::vector<Check> checks = {version_check(version), kind_check(info),
                               architecture_check(version, client), clock_check(info, client),
                               cgroup_check(info)};
  if (auto sharing = sharing_check(info, client)) checks.push_back(std::move(*sharing));
  for (const auto& text : texts_of(info, "Warnings")) {
    checks.push_back(warning("engine", text, "The engine's own documentation says more."));
  }
  return checks;
}

}  // namespace fairlead::engine
