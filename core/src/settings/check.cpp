#include "settings/check.hpp"

#include <algorithm>
#include <array>
#include <string_view>
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

struct WordSetting {
  std::string_view key;
  std::array<std::string_view, 5> words;
};

constexpr std::array<WordSetting, 8> word_settings = {
    {{"content", {"auto", "bind", "volume", "clone", "sync"}},
     {"exec_via", {"auto", "relay", "engine"}},
     {"host_requirements", {"warn", "error"}},
     {"initialize_on", {"source", "host"}},
     {"lockfile", {"write", "frozen", "off"}},
     {"port_detection", {"configured", "always", "never"}},
     {"sync_with", {"auto", "unison", "rsync", "tar"}},
     {"trust", {"ask", "always"}}}};

const WordSetting* setting_of_words(const std::string& key) {
  const auto* found = std::ranges::find(word_settings, key, &WordSetting::key);
  return found == word_settings.end() ? nullptr : found;
}

std::string fault_of_word(const std::string& word, const WordSetting& setting) {
  if (!word.empty() && std::ranges::find(setting.words, word) != setting.words.end()) return {};
  std::string text = "one of";
  for (const auto known : setting.words) {
    if (!known.empty()) text.append(text == "one of" ? " \"" : ", \"").append(known) += '"';
  }
  return text + " is expected, not \"" + word + '"';
}

}  // namespace

std::string fault_of(const std::string& key, const SettingValue& value) {
  if (key == "host") return fault_of_host(std::get<std::string>(value));
  if (key == "hosts") return fault_of_list(value, fault_of_host);
  if (key == "plugin_path") return fault_of_list(value, fault_of_folder);
  if (const auto* setting = setting_of_words(key)) {
    return fault_of_word(std::get<std::string>(value), *setting);
  }
  if (key == "clone_depth") {
    return std::get<std::int64_t>(value) >= 0 ? "" : "0 (all) or a number of commits is expected";
  }
  if (key == "port_names") {
    const auto port = std::get<std::int64_t>(value);
    return port >= 0 && port <= 65535 ? "" : "0 (nowhere) or a port to 65535 is expected";
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
  if (key == "backend" || key == "feature_installer" || key == "port_forwarder") {
    return std::get<std::string>(value).empty() ? "a name is expected" : "";
  }
  return {};
}

}  // namespace fairlead
