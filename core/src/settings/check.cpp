#include "settings/check.hpp"

#include <vector>

namespace fairlead {
namespace {

/// Why `host` cannot be one, or "". A leading "-" would be an option to the program that connects.
std::string fault_of_host(const std::string& host) {
  if (host.empty()) return "a host has a name";
  if (host.front() == '-') return "a host does not begin with '-'";
  const auto scheme = host.find("://");
  if (scheme == std::string::npos) return {};
  const std::string authority = host.substr(scheme + 3, host.find('/', scheme + 3) - scheme - 3);
  const auto at = authority.rfind('@');
  const std::string name = at == std::string::npos ? authority : authority.substr(at + 1);
  if (name.empty()) return "the address names no host";
  if (name.front() == '-' || authority.front() == '-') return "a host does not begin with '-'";
  return {};
}

std::string fault_of_folder(const std::string& folder) {
  // Relative to what? In the end to a folder that a stranger's repository fills.
  return !folder.empty() && folder.front() == '/' ? "" : "a folder is an absolute path";
}

std::string fault_of_list(const SettingValue& value, std::string (*fault_of)(const std::string&)) {
  for (const auto& item : std::get<std::vector<std::string>>(value)) {
    const std::string fault = fault_of(item);
    if (!fault.empty()) return std::string("'").append(item).append("': ").append(fault);
  }
  return {};
}

}  // namespace

std::string fault_of(const std::string& key, const SettingValue& value) {
  if (key == "host") return fault_of_host(std::get<std::string>(value));
  if (key == "hosts") return fault_of_list(value, fault_of_host);
  if (key == "plugin_path") return fault_of_list(value, fault_of_folder);
  if (key == "trust") {
    const auto& word = std::get<std::string>(value);
    return word == "ask" || word == "always" ? "" : "\"ask\" or \"always\" is expected";
  }
  if (key == "content") {
    const auto& word = std::get<std::string>(value);
    const bool known =
        word == "auto" || word == "bind" || word == "volume" || word == "clone" || word == "sync";
    return known ? "" : "one of \"auto\", \"bind\", \"volume\", \"clone\" and \"sync\" is expected";
  }
  if (key == "clone_depth") {
    return std::get<std::int64_t>(value) >= 0 ? "" : "0 (all) or a number of commits is expected";
  }
  if (key == "sync_with") {
    const auto& word = std::get<std::string>(value);
    const bool known = word == "auto" || word == "unison" || word == "rsync" || word == "tar";
    return known ? "" : "one of \"auto\", \"unison\", \"rsync\" and \"tar\" is expected";
  }
  if (key == "initialize_on") {
    const auto& word = std::get<std::string>(value);
    return word == "source" || word == "host" ? "" : "\"source\" or \"host\" is expected";
  }
  if (key == "remote_workspace_folder") {
    const auto& folder = std::get<std::string>(value);
    return folder == "/" ? "this is everything, and no folder of a workspace" : "";
  }
  if (key == "control_manifest") {
    const auto& source = std::get<std::string>(value);
    const bool known = source.empty() || source.front() == '/' || source.starts_with("https://") ||
                       source.starts_with("http://localhost:");
    return known ? "" : "an https address or an absolute path is expected";
  }
  if (key == "registry_tag_lifetime") {
    const auto seconds = std::get<std::int64_t>(value);
    return seconds >= 0 && seconds <= 86400 ? "" : "0 to 86400 seconds are expected";
  }
  if (key == "host_requirements") {
    const auto& text = std::get<std::string>(value);
    return text == "warn" || text == "error" ? "" : "one of \"warn\" and \"error\" is expected";
  }
  if (key == "backend" || key == "feature_installer" || key == "port_forwarder") {
    return std::get<std::string>(value).empty() ? "a name is expected" : "";
  }
  return {};
}

}  // namespace fairlead
