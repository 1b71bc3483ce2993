#pragma once

#include <fairlead/error.hpp>
#include <fairlead/model.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Settings: what the user, the administrator and the project chose, and who said so.
///
/// Reading has two halves because plugins declare options of their own, and where plugins are found
/// is itself a setting: `read_settings` parses every source once, `settle_settings` judges them
/// against the declared options. Settle first without plugin options to learn `plugin_path`, then
/// with them. docs/settings.md is the description for users. All functions here may be called from
/// any thread.
namespace fairlead {

/// Where a value came from; a later layer wins over an earlier one.
enum class SettingsLayer { defaults, system, user, project, environment, command_line };

/// The layer's name for people: "defaults", "command line".
std::string_view to_string(SettingsLayer layer);

enum class SettingType { string, boolean, integer, strings };

/// The word for `type` as manifests write it: "string", "boolean", "integer" or "strings".
std::string_view to_string(SettingType type);
/// The type that `word` names, or nothing.
std::optional<SettingType> setting_type(std::string_view word);

/// The alternatives stand in the order of `SettingType`.
using SettingValue = std::variant<std::string, bool, std::int64_t, std::vector<std::string>>;

/// The value as TOML writes it: `"auto"`, `true`, `["a", "b"]`.
std::string to_toml(const SettingValue& value);

/// The declaration of one setting, of the core or of a plugin ("plugins.<name>.<option>").
struct SettingSpec {
  std::string key;
  SettingType type = SettingType::string;
  std::optional<SettingValue> default_value{};  ///< none: unset until somebody sets it
  bool project = false;                         ///< a project may set it
  std::string description{};                    ///< one line
};

/// The core's own settings, sorted by key.
const std::vector<SettingSpec>& core_settings();

/// The environment variable that sets `key`: FAIRLEAD_, then the key in upper case with "." as "__"
/// and "-" as "_" ("plugins.ssh-remote.user" is FAIRLEAD_PLUGINS__SSH_REMOTE__USER).
std::string setting_variable(std::string_view key);

/// Who set a value. `where.file` is a file, a variable's name or a command line option.
struct SettingOrigin {
  SettingsLayer layer = SettingsLayer::defaults;
  SourceLocation where;  ///< line 0: not from a file; an empty file: built in

  /// "user: /home/u/.config/fairlead/config.toml:3:1", "environment: FAIRLEAD_BACKEND".
  std::string text() const;
};

/// One setting in force.
struct Setting {
  SettingSpec spec;
  std::optional<SettingValue> value;  ///< none: unset
  SettingOrigin origin;
};

/// Something in a source that has no effect: an unknown key, or one that its source may not set.
/// Codes: settings.unknown, settings.project, settings.project_host, settings.writable.
struct SettingsWarning {
  std::string code;
  std::string message;
  std::string hint;
  SourceLocation where;
  std::string host = {};  ///< of settings.project_host: the one that was asked for

  /// Location, message and hint on one line.
  std::string text() const;
};

/// One member below `customizations.fairlead` of a configuration, its path joined by dots.
struct ProjectSetting {
  std::string key;    ///< "plugins.podman.userns"
  std::string value;  ///< JSON text of a scalar or an array
  SourceLocation where;
};

/// Everything that settings are read from. Files that do not exist and empty paths are skipped.
struct SettingsSources {
  std::filesystem::path defaults;
  std::filesystem::path system;
  std::filesystem::path user;
  std::filesystem::path project;               ///< .devcontainer/fairlead.toml of the workspace
  std::vector<ProjectSetting> customizations;  ///< they win over the file `project`
  Environment environment;
  std::vector<std::string> assignments;         ///< `--set key=value`, the later one wins
  std::optional<std::string> backend;           ///< `--backend`, wins over `assignments`
  std::optional<std::string> host;              ///< `--host`, likewise
  std::vector<std::string> allowed_hosts = {};  ///< the user said so when this project asked
};

/// The usual places for a caller with this environment: the defaults beside the running executable,
/// /etc/fairlead/config.toml, $XDG_CONFIG_HOME/fairlead/config.toml (or ~/.config/…), and
/// `workspace`'s .devcontainer/fairlead.toml unless `workspace` is empty. Reads no file.
SettingsSources standard_settings_sources(const Environment& environment,
                                          const std::filesystem::path& workspace = {});

/// The parsed sources, not yet judged. Cheap to copy.
class SettingsLayers {
 public:
  struct State;
  explicit SettingsLayers(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

/// Reads and parses every source.
/// Throws settings.syntax (not TOML, with line and caret), settings.assignment (`--set` without a
/// key or a `=`), file.read (exists but cannot be read).
SettingsLayers read_settings(const SettingsSources& sources);

/// All settings in force. A value type without ties to the sources; safe to share between threads.
class Settings {
 public:
  Settings(std::vector<Setting> settings, std::vector<SettingsWarning> warnings);

  /// The setting `key`; throws settings.unknown, naming the nearest key.
  const Setting& at(std::string_view key) const;
  /// Typed access; an unset setting gives "", false, 0 or no items. Throws settings.unknown as `at`
  /// does, and settings.type when `key` is declared with another type.
  const std::string& text(std::string_view key) const;
  bool flag(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  const std::vector<std::string>& list(std::string_view key) const;

  /// What `plugins.<plugin>.*` says, as the JSON object that a plugin is configured with; unset
  /// options are left out. "{}" for a plugin that declares nothing.
  std::string plugin_json(std::string_view plugin) const;

  /// Every declared setting, sorted by key.
  const std::vector<Setting>& effective() const { return settings_; }
  const std::vector<SettingsWarning>& warnings() const { return warnings_; }

 private:
  std::vector<Setting> settings_;
  std::vector<SettingsWarning> warnings_;
};

/// Judges `layers` against the core's settings and `plugin_options`.
///
/// A project may set only what is declared so, and as `host` only "local" or what the user's own
/// `hosts` list; everything else from it is dropped with a warning, as are unknown keys. Throws
/// settings.type (wrong type), settings.value (a value that cannot be meant, such as a host that
/// begins with "-"), settings.unknown (only for `--set`).
Settings settle_settings(const SettingsLayers& layers,
                         const std::vector<SettingSpec>& plugin_options);

/// The same before plugins are known: everything below `plugins` is passed over in silence.
Settings settle_settings(const SettingsLayers& layers);

}  // namespace fairlead
