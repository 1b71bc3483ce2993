#include "engine/change.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace fairlead {
namespace {

/// What a container takes from the current file, or what has nothing to do with it.
constexpr std::array<std::string_view, 10> without_effect = {
    "$schema", "name",           "remoteEnv",         "remoteUser",     "userEnvProbe",
    "secrets", "customizations", "initializeCommand", "configFilePath", "shutdownAction"};

using Record = std::map<std::string, std::string>;

std::string short_hash(std::string_view text) { return sha256_hex(text).substr(0, 12); }

Record record_of(const Workspace& workspace) {
  Record record;
  for (const auto& [name, value] : workspace.document->raw->items()) {
    if (std::ranges::find(without_effect, name) != without_effect.end()) continue;
    if (name.find_first_of(" =") != std::string::npos) continue;  // no property that we know
    record[name] = short_hash(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  const auto& dockerfile = workspace.config.build.dockerfile;
  if (!dockerfile.empty()) {
    if (const auto text = read_file_if_there(dockerfile)) record["Dockerfile"] = short_hash(*text);
  }
  std::string services;
  for (const auto& file : workspace.config.compose.files) {
    services += read_file_if_there(file).value_or("") + '\0';
  }
  if (!services.empty()) record["services"] = short_hash(services);
  return record;
}

Record parse_record(std::string_view text) {
  Record record;
  for (const auto word : split(text, ' ')) {
    const auto equals = word.find('=');
    if (equals != std::string_view::npos)
      record.emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  return record;
}

bool file_is_newer(const Workspace& workspace, const InstanceInfo& instance) {
  const auto made = unix_seconds(instance.created);
  struct stat status {};
  return made && ::stat(workspace.document->content_file.c_str(), &status) == 0 &&
         status.st_mtime > *made;
}

}  // namespace

std::string configuration_record(const Workspace& workspace) {
  std::string text;
  if (!workspace.document) return text;
  for (const auto& [name, hash] : record_of(workspace)) {
    text += (text.empty() ? "" : " ") + name + '=' + hash;
  }
  return text;
}

std::string ConfigurationChange::text() const {
  std::string text;
  for (const auto& name : properties) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "the file is newer than the container" : text;
}

ConfigurationChange configuration_change(const Workspace& workspace, const InstanceInfo& instance) {
  ConfigurationChange change;
  if (!workspace.document) return change;
  const auto label = instance.labels.find(configuration_key);
  if (label == instance.labels.end()) {
    change.newer_file = file_is_newer(workspace, instance);
    return change;
  }
  const auto before = parse_record(label->second);
  const auto now = record_of(workspace);
  for (const auto& [name, hash] : now) {
    const auto known = before.find(name);
    if (known == before.end() || known->second != hash) change.properties.push_back(name);
  }
  for (const auto& [name, hash] : before) {
    if (!now.contains(name)) change.properties.push_back(name);
  }
  std::ranges::sort(change.properties);
  return change;
}

}  // namespace fairlead
