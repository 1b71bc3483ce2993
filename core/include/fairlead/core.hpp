#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/config.hpp>
#include <fairlead/environment.hpp>
#include <fairlead/events.hpp>
#include <fairlead/plugins.hpp>
#include <fairlead/settings.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

class SecretMask;  ///< internal to the core

/// What a workspace wants that reaches beyond its container.
struct TrustQuestion {
  std::string workspace;            ///< its folder
  std::vector<std::string> wishes;  ///< one line each, exactly what would be done
};

/// What an embedding program says once.
struct CoreOptions {
  Mode mode = Mode::fairlead;
  Environment environment;        ///< the caller's variables (`capture_environment`)
  std::string working_directory;  ///< absolute
  std::vector<std::string>
      plugin_path;  ///< searched before the settings' and the installed folders
  std::vector<std::string> assignments;  ///< `--set key=value`
  std::optional<std::string> backend;    ///< `--backend`
  std::optional<std::string> host;       ///< `--host`
  bool auth_hardening = false;           ///< `--oci-auth-hardening`; without drop-in always on
  std::vector<std::string> auth_hosts;   ///< `--allow-cross-origin-auth-host`
  bool trust = false;                    ///< `--trust`: allow what workspaces want, unasked
  /// Asks the user; false is no. Without it, what nobody has allowed yet is an error.
  std::function<bool(const TrustQuestion&, std::stop_token)> ask_trust = {};
};

/// The entry to everything: settings, plugins and where events go. Embedders make one per caller
/// (environment, folder); all engine functions take it. Thread-safe once constructed; `events`
/// outlives it.
class Core {
 public:
  /// Reads no file. Throws Error "paths.home" without a usable home folder.
  Core(CoreOptions options, EventSink& events);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const CoreOptions& options() const { return options_; }
  Mode mode() const { return options_.mode; }
  const Log& log() const { return log_; }

  /// Values that the log, and `masked`, show as ******** from now on. Thread-safe.
  void add_secrets(const Environment& secrets);
  std::string masked(std::string text) const;
  const SecretMask& secret_mask() const;

  /// The settings in force for a workspace; `document` may carry the project's layer in
  /// `customizations.fairlead` and may be null. Warnings have been logged when this returns.
  /// Throws the errors of `read_settings` and `settle_settings`.
  Settings settings(const std::string& workspace_folder, const ConfigDocument* document);

  /// The plugins that these settings lead to; found once, on first use.
  PluginRegistry& plugins(const Settings& settings);

  /// The host that these settings name. Throws Error "host.unknown".
  std::shared_ptr<Host> host(const Settings& settings);

  /// Makes an instance of a backend for the settings. Throws as PluginRegistry::open_backend.
  std::shared_ptr<Backend> backend(const std::string& name, const Settings& settings);

  /// Where locks, caches and logs of this user go.
  std::string state_folder() const;
  std::string runtime_folder() const;
  /// Where what belongs to the user is kept: plugins, clones.
  std::string data_folder() const;
  /// Where what can be fetched again is kept.
  std::string cache_folder() const;

 private:
  SettingsSources sources(const std::string& workspace_folder,
                          const ConfigDocument* document) const;

  CoreOptions options_;
  struct State;
  std::unique_ptr<State> state_;
  Log log_;
};

}  // namespace fairlead
