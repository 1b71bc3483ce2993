#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/events.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// One option that a plugin's manifest declares.
struct PluginOption {
  std::string name;
  std::string type;  ///< "string", "boolean", "integer" or "strings"
  std::string description;
  std::string default_value;  ///< TOML text; empty: none
  bool project = false;       ///< a project's settings may set it
};

/// What a manifest says of one plugin; read without running any of its code.
struct PluginManifest {
  std::string id;
  std::string version;
  std::string description;
  int abi_major = 0;
  int abi_minor = 0;
  std::vector<std::string> interfaces;    ///< "fairlead.backend/1", …
  std::vector<std::string> backends;      ///< names for the setting `backend`
  std::vector<std::string> host_schemes;  ///< "ssh"
  std::vector<std::string> scenarios;     ///< of "image", "dockerfile", "compose"
  std::vector<std::string> engines;       ///< backends in whose place this one runs its scenarios
  /// The host itself is the environment: files are where they are, and nothing of it is made from
  /// an image. Only a user who names such a backend gets it.
  bool is_the_host = false;
  std::vector<PluginOption> options;
  std::string manifest_path;
  std::string library_path;
};

/// One plugin that was found, usable or not.
struct PluginEntry {
  PluginManifest manifest;
  std::string refusal;  ///< why it cannot be used; empty: nothing known against it
};

/// How to look for plugins.
struct PluginSearch {
  std::vector<std::string> folders;  ///< in order; the first of two plugins with one id wins
  std::string state_folder;  ///< where the results of probing new files are kept; empty: nowhere
  std::string probe_program = {};  ///< empty: libexec/fairlead/fairlead-plugin-probe as installed
  std::chrono::milliseconds grace{5000};  ///< from a call's cancel to its being abandoned
};

/// The plugins of one process: found by manifest, loaded on first use, never unloaded.
///
/// Thread-safe. Holds no global state but the loaded libraries themselves.
class PluginRegistry {
 public:
  /// Reads the manifests of `search.folders`; loads nothing. Folders and files that others may
  /// write are refused with the reason in the entry. Missing folders are skipped.
  explicit PluginRegistry(PluginSearch search, Log log);
  ~PluginRegistry();
  PluginRegistry(const PluginRegistry&) = delete;
  PluginRegistry& operator=(const PluginRegistry&) = delete;

  /// All that was found, in search order.
  const std::vector<PluginEntry>& entries() const;

  /// The usable plugin that offers the backend `name`; absent: none.
  const PluginManifest* find_backend(const std::string& name) const;

  /// Loads the plugin of backend `name` and makes an instance that works on `host`.
  /// Throws not_found ("backend.unknown") with the names that exist, or failed ("plugin.load") with
  /// the reason: another architecture, another ABI, no entry symbol, refused by its own code.
  std::unique_ptr<Backend> open_backend(const std::string& name, std::shared_ptr<Host> host,
                                        const ConfigureRequest& settings);

  /// The usable plugin that provides hosts of `scheme` ("ssh"); absent: none.
  const PluginManifest* find_host(const std::string& scheme) const;

  /// Loads the plugin of host scheme `scheme` and makes an instance of it, not yet opened. Throws
  /// not_found ("host.unknown") or "plugin.load".
  std::unique_ptr<Host> open_host(const std::string& scheme, const ConfigureRequest& settings);

  /// The same for plugins that install features or forward ports, by plugin id.
  std::unique_ptr<FeatureInstaller> open_features(const std::string& id, std::shared_ptr<Host> host,
                                                  std::shared_ptr<Backend> backend,
                                                  const ConfigureRequest& settings);
  std::unique_ptr<PortForwarder> open_ports(const std::string& id, std::shared_ptr<Host> host,
                                            std::shared_ptr<Backend> backend,
                                            const ConfigureRequest& settings);

  /// Loads the library in a child process and says what is wrong with it; empty: nothing.
  /// Never throws for a bad plugin.
  std::string check(const PluginManifest& plugin) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The machine this process runs on.
std::shared_ptr<Host> local_host();

/// From now on a crash (SIGSEGV, SIGABRT, …) while a plugin's code runs first says on standard
/// error which plugin and operation it was, then ends the process as it would have. For programs
/// that own their process, once, in main.
void report_plugin_crashes();

}  // namespace fairlead
