#pragma once

#include <fairlead/error.hpp>
#include <fairlead/model.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A devcontainer.json as plain structs. Values only: no function here does any work, and every
/// struct can be copied to another thread.
namespace fairlead {

/// A JSON value with its members in the user's order; shared, immutable, never a null pointer.
/// Include <nlohmann/json.hpp> to look inside.
using JsonPtr = std::shared_ptr<const nlohmann::ordered_json>;

/// `drop_in` repeats the reference CLI's answers, quirks included; `fairlead` reports what is
/// wrong.
enum class Mode { fairlead, drop_in };

// ---------------------------------------------------------------------------- parts of a Config

/// Text for `/bin/sh -c`, or the words of a program that is started without a shell (CFG-064, 065).
using CommandLine = std::variant<std::string, std::vector<std::string>>;

struct NamedCommand {
  std::string name;  ///< empty for the string and the array form
  CommandLine line;
};

/// One lifecycle hook. The object form has any number of named commands, all run in parallel; the
/// other two forms have exactly one without a name. Empty commands are left out (CFG-064, 066).
struct LifecycleCommand {
  bool object_form = false;
  std::vector<NamedCommand> commands;
  bool empty() const { return commands.empty(); }
};

/// The hooks that run in the container, in their order.
enum class Hook { on_create, update_content, post_create, post_start, post_attach };

/// `waitFor`: the hook up to which the user waits.
enum class WaitFor { initialize, on_create, update_content, post_create, post_start };

enum class UserEnvProbe { none, interactive_shell, login_shell, login_interactive_shell };

enum class ShutdownAction { none, stop_container, stop_compose };

/// The "build" object together with the legacy `dockerFile` and `context` (CFG-022..027, 067, 068).
struct BuildConfig {
  std::string dockerfile;  ///< absolute
  std::string context;     ///< absolute; default: the Dockerfile's folder
  std::string target;      ///< empty: the last stage
  std::vector<std::pair<std::string, std::string>> args;
  std::vector<std::string> cache_from;
  std::vector<std::string> options;
};

struct ComposeConfig {
  std::vector<std::string> files;  ///< absolute; empty: Compose's own defaults (CFG-028)
  std::string service;
  std::vector<std::string> run_services;
};

/// One entry of "features"; `options` is an object, a string or a boolean (CFG-056).
struct FeatureConfig {
  std::string id;  ///< as written
  JsonPtr options;
};

/// One entry of "mounts". `text` is the string as written and empty for the object form.
struct ConfiguredMount {
  std::string text;
  Mount mount;  ///< without a target: faulty, where faults do not stop the reading
};

/// `appPort`: a number publishes on 127.0.0.1, a string is docker's `-p` argument (CFG-040, 073).
struct AppPort {
  int number = 0;  ///< 0: use `text`
  std::string text;
};

/// Keys absent from portsAttributes are empty here; `raw` has what we do not know (CFG-044, 045).
struct PortAttributes {
  std::string label;
  std::string protocol;         ///< "http" or "https"
  std::string on_auto_forward;  ///< "notify", "openBrowser", "openPreview", "silent", "ignore", …
  bool require_local_port = false;
  bool elevate_if_needed = false;
};

/// `host:port`; host "localhost" for a plain number.
struct ForwardPort {
  std::string host = "localhost";
  int port = 0;
};

/// Minimum requirements; absent members are not asked for. `gpu` true with `gpu_optional` means
/// "use one if there is one".
struct HostRequirements {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> storage_bytes;
  bool gpu = false;
  bool gpu_optional = false;
  std::optional<double> gpu_cores;
  std::optional<std::uint64_t> gpu_memory_bytes;
};

/// A null in remoteEnv is nullopt: the variable is to be unset (CFG-047).
using RemoteEnv = std::map<std::string, std::optional<std::string>>;

enum class Scenario { none, image, dockerfile, compose };

// ---------------------------------------------------------------------------- the configuration

/// What image metadata may also say; shared by Config and MergedConfig.
struct ContainerConfig {
  Environment container_env;
  RemoteEnv remote_env;
  std::string container_user;  ///< empty: the image's
  std::string remote_user;     ///< empty: the container user
  std::optional<bool> init;
  std::optional<bool> privileged;
  std::vector<std::string> cap_add;
  std::vector<std::string> security_opt;
  std::vector<ConfiguredMount> mounts;
  std::optional<bool> override_command;
  std::optional<bool> update_remote_user_uid;
  std::optional<UserEnvProbe> user_env_probe;
  std::optional<WaitFor> wait_for;
  std::optional<ShutdownAction> shutdown_action;
  std::vector<ForwardPort> forward_ports;
  std::vector<std::pair<std::string, PortAttributes>> ports_attributes;  ///< in order
  std::optional<PortAttributes> other_ports_attributes;
  HostRequirements host_requirements;
};

/// What only devcontainer.json may say, plus the part above as this file alone says it.
struct Config : ContainerConfig {
  std::string name;
  Scenario scenario = Scenario::none;
  std::string image;
  BuildConfig build;
  ComposeConfig compose;
  std::vector<FeatureConfig> features;
  std::vector<std::string> override_feature_install_order;
  LifecycleCommand initialize_command;
  std::map<Hook, LifecycleCommand> hooks;  ///< only those that are there and not empty
  std::vector<std::string> run_args;
  std::vector<AppPort> app_ports;
};

/// A hook command and who asked for it.
struct HookCommand {
  std::string origin;  ///< "devcontainer.json" or "Feature '<id>'"
  LifecycleCommand command;
};

/// Image metadata, features and devcontainer.json merged (IMG-011..027).
struct MergedConfig : ContainerConfig {
  std::vector<std::string> entrypoints;            ///< shell text, in order
  std::map<Hook, std::vector<HookCommand>> hooks;  ///< in entry order
  JsonPtr json;                                    ///< the `mergedConfiguration` object
  /// Who asked for each command of json's hook arrays; needed to substitute once more.
  std::vector<std::pair<Hook, std::vector<std::string>>> origins;
  Mode mode = Mode::fairlead;
};

// ---------------------------------------------------------------------------- around it

/// One entry of the label `devcontainer.metadata`, unsubstituted.
struct MetadataEntry {
  JsonPtr json;
};

/// Where the workspace is and how it gets into the container.
struct WorkspacePaths {
  std::string local_folder;          ///< on the host, as opened; empty: none was given
  std::string mount_root;            ///< on the host: the git root or the folder itself
  std::string container_folder;      ///< workspaceFolder; empty: unknown
  std::optional<std::string> mount;  ///< docker `--mount` text; empty text or nullopt: no mount
  std::optional<std::string> additional_mount;  ///< a git worktree's common folder
};

/// What makes one dev container the same from run to run.
struct Identity {
  std::vector<std::pair<std::string, std::string>> id_labels;  ///< all must be on the container
  /// Looked for when nothing has all id labels; such a container must not have the label
  /// `devcontainer.config_file`. Empty when the user chose the labels.
  std::vector<std::pair<std::string, std::string>> legacy_labels;
  std::string devcontainer_id;
  std::string folder_image_name;  ///< "vsc-<basename>-<hash>"; empty without a workspace folder
};

}  // namespace fairlead
