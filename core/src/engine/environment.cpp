#include "engine/enter.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> entries;
  std::size_t start = 0;
  while (true) {
    const auto end = path.find(':', start);
    entries.push_back(path.substr(start, end - start));
    if (end == std::string::npos) return entries;
    start = end + 1;
  }
}

bool for_administration(const std::string& folder) {
  return folder.ends_with("/sbin") || folder.find("/sbin/") != std::string::npos;
}

}  // namespace

std::string remote_user_of(const MergedConfig& merged, const InstanceInfo& instance) {
  auto user = merged.remote_user.empty() ? instance.user : merged.remote_user;
  user = user.substr(0, user.find(':'));
  return user.empty() || user == "0" ? "root" : user;
}

std::string remote_account_of(const MergedConfig& merged, const InstanceInfo& instance) {
  const auto& account = merged.remote_user.empty() ? instance.user : merged.remote_user;
  const auto colon = account.find(':');
  const auto group = colon == std::string::npos ? "" : account.substr(colon);
  return remote_user_of(merged, instance) + group;
}

Environment container_environment(const InstanceInfo& instance) {
  Environment environment;
  for (const auto& entry : instance.env) {
    const auto equals = entry.find('=');
    if (equals != std::string::npos)
      environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return environment;
}

std::string merge_path(const std::string& probed, const std::string& container, bool root) {
  auto entries = split_path(probed);
  std::size_t insert_at = 0;
  for (const auto& entry : split_path(container)) {
    const auto found = std::ranges::find(entries, entry);
    if (found != entries.end()) {
      insert_at = static_cast<std::size_t>(found - entries.begin()) + 1;
    } else if (root || !for_administration(entry)) {
      entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(insert_at++), entry);
    }
  }
  std::string path;
  for (const auto& entry : entries) path += (path.empty() ? "" : ":") + entry;
  return path;
}

ProcessEnvironment process_environment(const Inside& inside, const InstanceInfo& instance,
                                       const std::vector<std::string>& remote_env,
                                       const RemoteEnv& config_env) {
  const auto container = container_environment(instance);
  ProcessEnvironment result{.set = inside.probed};
  const auto probed_path = result.set.find("PATH");
  const auto container_path = container.find("PATH");
  const bool may_be_lost = !inside.profile_patched;  // USER-014
  if (may_be_lost && probed_path != result.set.end() && container_path != container.end()) {
    probed_path->second = merge_path(probed_path->second, container_path->second,
                                     inside.user.substr(0, inside.user.find(':')) == "root");
  }
  for (const auto& assignment : remote_env) {
    const auto equals = assignment.find('=');
    result.set[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  for (const auto& [name, value] : config_env) {
    if (value) {
      result.set[name] = *value;
    } else {
      result.set.erase(name);
      // The probe also knows what the engine adds on its own, such as HOSTNAME.
      if (container.contains(name) || inside.probed.contains(name)) result.unset.push_back(name);
    }
  }
  return result;
}

std::vector<std::string> with_unset(const ProcessEnvironment& environment,
                                    std::vector<std::string> argv) {
  if (environment.unset.empty()) return argv;
  std::vector<std::string> words{"env"};
  for (const auto& name : environment.unset) {
    words.emplace_back("-u");
    words.push_back(name);
  }
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

}  // namespace fairlead
