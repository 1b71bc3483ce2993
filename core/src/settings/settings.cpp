#include "base/nearest.hpp"
#include "settings/value_json.hpp"

#include <fairlead/settings.hpp>

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

std::string place(const SourceLocation& where) {
  if (where.line <= 0) return where.file;
  return where.file + ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
}

/// The value as `T`; an unset one is T's empty value.
template <typename T>
const T& typed(const Setting& setting, SettingType type) {
  static const T unset{};
  if (setting.spec.type != type) {
    throw Error(Status::internal, "settings.type",
                "setting '" + setting.spec.key + "' is asked for as " +
                    std::string(to_string(type)) + " but declared as " +
                    std::string(to_string(setting.spec.type)));
  }
  return setting.value ? std::get<T>(*setting.value) : unset;
}

}  // namespace

std::string_view to_string(SettingsLayer layer) {
  static constexpr std::array<std::string_view, 6> names = {
      "defaults", "system", "user", "project", "environment", "command line"};
  return names[static_cast<std::size_t>(layer)];
}

std::string SettingOrigin::text() const {
  return std::string(to_string(layer)) + (where.file.empty() ? "" : ": " + place(where));
}

std::string SettingsWarning::text() const {
  std::string line = where.file.empty() ? message : place(where) + ": " + message;
  if (!hint.empty()) line += " (" + hint + ")";
  return line;
}

Settings::Settings(std::vector<Setting> settings, std::vector<SettingsWarning> warnings)
    : settings_(std::move(settings)), warnings_(std::move(warnings)) {}

const Setting& Settings::at(std::string_view key) const {
  std::vector<std::string> names;
  for (const auto& setting : settings_) {
    if (setting.spec.key == key) return setting;
    names.push_back(setting.spec.key);
  }
  throw Error(Status::not_found, "settings.unknown", "no setting '" + std::string(key) + "'",
              did_you_mean(key, names));
}

const std::string& Settings::text(std::string_view key) const {
  return typed<std::string>(at(key), SettingType::string);
}

bool Settings::flag(std::string_view key) const {
  return typed<bool>(at(key), SettingType::boolean);
}

std::int64_t Settings::number(std::string_view key) const {
  return typed<std::int64_t>(at(key), SettingType::integer);
}

const std::vector<std::string>& Settings::list(std::string_view key) const {
  return typed<std::vector<std::string>>(at(key), SettingType::strings);
}

std::string Settings::plugin_json(std::string_view plugin) const {
  const std::string prefix = "plugins." + std::string(plugin) + ".";
  std::vector<std::pair<std::string, SettingValue>> members;
  for (const auto& setting : settings_) {
    if (setting.spec.key.compare(0, prefix.size(), prefix) != 0 || !setting.value) continue;
    members.emplace_back(setting.spec.key.substr(prefix.size()), *setting.value);
  }
  return json_object(members);
}

}  // namespace fairlead
