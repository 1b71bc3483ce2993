#include "base/nearest.hpp"
#include "settings/check.hpp"
#include "settings/layer.hpp"
#include "settings/load.hpp"
#include "settings/value.hpp"

#include <fairlead/settings.hpp>

#include <algorithm>

namespace fairlead {
namespace {

/// "plugins.<name>." of a plugin's option, else "".
std::string plugin_prefix(const std::string& key) {
  static constexpr std::string_view table = "plugins.";
  if (key.compare(0, table.size(), table) != 0) return {};
  const auto end = key.find('.', table.size());
  return end == std::string::npos ? std::string{} : key.substr(0, end + 1);
}

class Settler {
 public:
  /// Without `plugin_options` nothing below `plugins` is judged.
  Settler(const SettingsLayers::State& state, const std::vector<SettingSpec>* plugin_options)
      : state_(&state), warnings_(state.warnings), knows_plugins_(plugin_options != nullptr) {
    for (const auto& spec : core_settings()) declare(spec);
    if (knows_plugins_) {
      for (const auto& spec : *plugin_options) declare(spec);
    }
    std::stable_sort(settings_.begin(), settings_.end(),
                     [](const Setting& a, const Setting& b) { return a.spec.key < b.spec.key; });
  }

  Settings settle() {
    const Layer variables = variable_layer();
    for (const auto& layer : state_->files) find_hosts(layer);
    find_hosts(variables);
    find_hosts(state_->command_line);
    hosts_.insert(hosts_.end(), state_->allowed_hosts.begin(), state_->allowed_hosts.end());
    for (const auto& layer : state_->files) apply(layer);
    apply(variables);
    apply(state_->command_line);
    return {std::move(settings_), std::move(warnings_)};
  }

 private:
  void declare(const SettingSpec& spec) { settings_.push_back({spec, spec.default_value, {}}); }

  Setting* find(const std::string& key) {
    const auto at = std::lower_bound(
        settings_.begin(), settings_.end(), key,
        [](const Setting& setting, const std::string& name) { return setting.spec.key < name; });
    return at != settings_.end() && at->spec.key == key ? &*at : nullptr;
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> names;
    for (const auto& setting : settings_) names.push_back(setting.spec.key);
    return names;
  }

  static SourceLocation located(const Layer& layer, const LayerEntry& entry) {
    SourceLocation where = entry.where;
    if (where.line > 0) where.text = line_of(layer.content, where.line);
    return where;
  }

  void warn(const char* code, const Layer& layer, const LayerEntry& entry, std::string message,
            std::string hint) {
    warnings_.push_back({code, std::move(message), std::move(hint), located(layer, entry)});
  }

  /// The environment as a layer: which variable means which key only the declarations know.
  Layer variable_layer() {
    Layer layer;
    layer.layer = SettingsLayer::environment;
    std::vector<std::string> names;
    for (const auto& setting : settings_) {
      names.push_back(setting_variable(setting.spec.key));
      const auto found = state_->variables.find(names.back());
      if (found == state_->variables.end()) continue;
      layer.entries.push_back(
          {setting.spec.key, UntypedText{found->second}, {names.back(), 0, 0, {}}});
    }
    warn_of_unknown_variables(names);
    return layer;
  }

  /// Other programs may own a FAIRLEAD_ variable, so only what looks meant for us is reported.
  void warn_of_unknown_variables(const std::vector<std::string>& names) {
    for (const auto& [name, value] : state_->variables) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      std::string hint = did_you_mean(name, names);
      const bool of_plugin = name.rfind("FAIRLEAD_PLUGINS__", 0) == 0;
      if (of_plugin ? !knows_plugins_ : hint.empty()) continue;
      warnings_.push_back(
          {"settings.unknown", "no setting has this variable", std::move(hint), {name, 0, 0, {}}});
    }
  }

  /// The hosts that a project may choose are those in force, whichever layer's.
  void find_hosts(const Layer& layer) {
    if (layer.as_project) return;
    for (const auto& entry : layer.entries) {
      if (entry.key == "hosts")
        hosts_ = std::get<std::vector<std::string>>(checked(layer, entry, *find("hosts")));
    }
  }

  void apply(const Layer& layer) {
    for (const auto& entry : layer.entries) {
      Setting* setting = find(entry.key);
      if (setting == nullptr) {
        report_unknown(layer, entry);
      } else if (!layer.as_project || project_may_set(layer, entry, setting->spec)) {
        SettingValue value = checked(layer, entry, *setting);
        if (layer.as_project && entry.key == "host" && !may_choose_host(layer, entry, value))
          continue;
        setting->value = std::move(value);
        setting->origin = {layer.layer, entry.where};
      }
    }
  }

  bool project_may_set(const Layer& layer, const LayerEntry& entry, const SettingSpec& spec) {
    if (spec.project) return true;
    warn("settings.project", layer, entry, "a project may not set '" + entry.key + "'; ignored",
         "a project may not set commands, sockets, endpoints, identity files or folders to search" +
             own_file());
    return false;
  }

  bool may_choose_host(const Layer& layer, const LayerEntry& entry, const SettingValue& value) {
    const auto& host = std::get<std::string>(value);
    if (host == "local" || std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end())
      return true;
    warn("settings.project_host", layer, entry,
         "the project asks for the host '" + host + "', which is not among your 'hosts'; ignored",
         "if you trust it, add it to 'hosts'" + own_file());
    warnings_.back().host = host;
    return false;
  }

  std::string own_file() const {
    return state_->user_file.empty() ? "" : "; your own settings are in " + state_->user_file;
  }

  void report_unknown(const Layer& layer, const LayerEntry& entry) {
    if (!knows_plugins_ && entry.key.rfind("plugins.", 0) == 0) return;
    std::string message = "unknown setting '" + entry.key + "'";
    std::string hint = did_you_mean(entry.key, keys());
    if (const std::string prefix = plugin_prefix(entry.key); hint.empty() && !prefix.empty()) {
      const bool known =
          std::any_of(settings_.begin(), settings_.end(), [&](const Setting& setting) {
            return setting.spec.key.compare(0, prefix.size(), prefix) == 0;
          });
      if (!known)
        hint = "no installed plugin declares settings below '" +
               prefix.substr(0, prefix.size() - 1) + "'";
    }
    if (layer.layer == SettingsLayer::command_line) {
      throw Error(Status::invalid, "settings.unknown", std::move(message), std::move(hint))
          .at(located(layer, entry));
    }
    warn("settings.unknown", layer, entry, std::move(message), std::move(hint));
  }

  static SettingValue checked(const Layer& layer, const LayerEntry& entry, const Setting& setting) {
    auto read = value_of(entry.value, setting.spec.type);
    if (const auto* fault = std::get_if<std::string>(&read)) {
      throw Error(Status::invalid, "settings.type", entry.key + ": " + *fault,
                  setting.spec.description)
          .at(located(layer, entry));
    }
    auto value = std::get<SettingValue>(std::move(read));
    if (auto fault = fault_of(entry.key, value); !fault.empty()) {
      throw Error(Status::invalid, "settings.value", entry.key + ": " + fault,
                  setting.spec.description)
          .at(located(layer, entry));
    }
    return value;
  }

  const SettingsLayers::State* state_;
  std::vector<Setting> settings_;
  std::vector<SettingsWarning> warnings_;
  bool knows_plugins_;
  std::vector<std::string> hosts_;
};

}  // namespace

Settings settle_settings(const SettingsLayers& layers,
                         const std::vector<SettingSpec>& plugin_options) {
  return Settler(layers.state(), &plugin_options).settle();
}

Settings settle_settings(const SettingsLayers& layers) {
  return Settler(layers.state(), nullptr).settle();
}

}  // namespace fairlead
