#pragma once

#include <fairlead/core.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// What users do with environments. Every function blocks until it is done, reports through the
/// core's log, and ends with Error(cancelled) soon after its stop token is requested. All may run
/// on several threads at once; two `up` of one workspace wait for each other.
namespace fairlead {

/// Which environment is meant: by workspace and configuration, by id labels, or by instance.
struct Selection {
  /// A folder of this machine, one of a host ("ssh://me@box/folder"), or a Git repository
  /// ("https://host/name.git@REF") that `fetch_workspace` has cloned.
  std::string workspace_folder;
  std::string config;
  std::string override_config;
  std::vector<std::string> id_labels;  ///< "key=value"; replace the default two
  std::string container_id;            ///< wins over everything else
  std::string service;                 ///< of the environment's group, instead of its primary one
  bool mount_workspace_git_root = true;
  bool mount_git_worktree_common_dir = false;
  std::string mount_consistency;
};

/// Variables that the caller adds to remoteEnv's (`--remote-env`).
struct RemoteEnvironmentOptions {
  std::vector<std::string> remote_env;  ///< "NAME=value"
  UserEnvProbe default_user_env_probe = UserEnvProbe::login_interactive_shell;
  std::string container_data_folder;          ///< markers; empty: ~/.devcontainer in the container
  std::string container_system_data_folder;   ///< root's markers; empty: /var/devcontainer
  std::string container_session_data_folder;  ///< keeps the probed environment; empty: nothing does
};

/// A repository of personal settings that is cloned into the container and installed there once.
/// LIFE-020, 021.
struct Dotfiles {
  std::string repository;  ///< as git names it, or owner/name on GitHub; empty: none
  std::string install_command;
  std::string target_path = "~/dotfiles";
};

/// How far the lifecycle commands go.
struct LifecycleOptions {
  bool skip_all = false;           ///< `--skip-post-create`
  bool skip_non_blocking = false;  ///< stop after the hook that waitFor names
  bool skip_post_attach = false;
  bool prebuild = false;                  ///< stop after updateContentCommand, which runs again
  bool stop_for_personalization = false;  ///< stop behind the dotfiles
  Dotfiles dotfiles;
  /// `up` ends behind the hook that waitFor names and leaves the rest to `UpResult::rest`
  /// (LIFE-017).
  bool leave_rest = false;
};

struct BuildOptions {
  Builder builder = Builder::automatic;
  bool no_cache = false;
  bool pull = false;  ///< ask the registry for newer base images
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::string additional_features;       ///< JSON object; empty: none
  std::vector<std::string> image_names;  ///< empty: the workspace's own name
  Labels labels;
  std::string platform;
  std::string output;  ///< as buildx's --output says it
  bool push = false;
  bool omit_syntax_directive = false;        ///< a Dockerfile's own `# syntax=` is not followed
  bool omit_feature_customizations = false;  ///< the metadata has none of the Features'
  bool omit_remote_env = false;              ///< the metadata has none of the configuration's
  /// For `RUN --mount=type=secret` in a Dockerfile, in docker's words: "id=NAME,env=VARIABLE" or
  /// "id=NAME,src=FILE". Only BuildKit can; nothing of them enters a layer.
  std::vector<std::string> secrets;
};

enum class GpuAvailability { detect, all, none };

/// Whether the remote user gets the local user's ids: what holds when the configuration does not
/// say, or never. USER-009.
enum class UpdateRemoteUserId { on, off, never };

struct UpRequest {
  Selection selection;
  RemoteEnvironmentOptions remote;
  LifecycleOptions lifecycle;
  Environment secrets;  ///< for the lifecycle commands and the dotfiles alone (LIFE-025, 026)
  BuildOptions build;
  GpuAvailability gpu = GpuAvailability::detect;
  UpdateRemoteUserId update_user_id = UpdateRemoteUserId::on;
  bool remove_existing = false;
  /// As `remove_existing` if the configuration differs from the one that the container was made
  /// from; containers of other tools do not tell.
  bool rebuild_if_changed = false;
  bool expect_existing = false;
  std::vector<std::string> mounts;  ///< `--mount` words
  /// With `lifecycle.prebuild`: names for an image of what is in the container then.
  std::vector<std::string> snapshot_names;
};

struct UpResult {
  std::string container_id;
  std::string backend;
  std::string name;
  std::string image;
  std::string group;  ///< the project that it is a service of; empty: none
  std::string remote_user;
  std::string remote_workspace_folder;
  std::string configuration;         ///< JSON text
  std::string merged_configuration;  ///< JSON text
  std::vector<ForwardPort> forward_ports;
  bool created = false;  ///< this call made the container
  /// Lifecycle commands are still to be run: the lock on them, to be handed to
  /// RunUserCommandsRequest::rest, here or in another process. Empty: nothing is left.
  UniqueFd rest;
  std::string rest_log;  ///< the file that `logs` shows what they say from
  /// How the content of a workspace got to a host: "folder" (it is the host's), "clone" (of a Git
  /// repository, made there), "synchronised" (with a folder here), "copy" (once, into a volume);
  /// empty: the environment is on this machine.
  std::string content;
  std::string content_place;  ///< "ssh://me@box/folder"; empty: no folder of the host's
};

/// A failure of `up` or of another long operation with what the reference's JSON carries beside it.
class OperationError : public Error {
 public:
  OperationError(Error error, std::string description, std::string container_id = {})
      : Error(std::move(error)),
        description_(std::move(description)),
        container_id_(std::move(container_id)) {}
  const std::string& description() const noexcept { return description_; }
  const std::string& container_id() const noexcept { return container_id_; }

 private:
  std::string description_;
  std::string container_id_;
};

/// "features.disallowed": the configuration wants a Feature that the control manifest refuses.
class DisallowedFeature : public OperationError {
 public:
  /// `feature` as the configuration writes it; `url` may be empty; `stopped`: its container ran.
  DisallowedFeature(std::string feature, std::string url, bool stopped);
  const std::string& feature() const noexcept { return feature_; }
  const std::string& url() const noexcept { return url_; }
  bool stopped() const noexcept { return stopped_; }

 private:
  std::string feature_;
  std::string url_;
  bool stopped_;
};

/// Clones the Git repository that `selection` names as its workspace, unless that was done before,
/// and returns the selection with the clone's folder; one that names a folder comes back as it is.
/// `up`, `build` and `prebuild` do this by themselves; everything else finds a clone that is there.
/// Throws Error "git.address", "git.missing", "git.clone", "git.ref".
Selection fetch_workspace(Core& core, Selection selection, std::stop_token stop);

/// Brings the environment of a workspace up: read, choose, find, build, create, start, enter, run
/// the hooks. Converges: killed anywhere and called again, it ends with one healthy container.
/// VSC-001, LIFE-001. Throws OperationError.
UpResult up(Core& core, const UpRequest& request, std::stop_token stop);

/// A running command as its caller steers it, from any thread. It may be kept: once the command has
/// ended both throw, "exec.not_found" as a rule; an engine that does not answer within 10 s is
/// "call.timeout".
class ExecControl {
 public:
  virtual ~ExecControl() = default;
  virtual void resize(TerminalSize size) = 0;
  /// "INT", "TERM", … to the command's process group.
  virtual void signal(const std::string& name) = 0;
};

struct ExecOptions {
  Selection selection;
  RemoteEnvironmentOptions remote;
  std::vector<std::string> argv;
  std::optional<Terminal> terminal;
  UniqueFd in;  ///< empty: nothing to read
  UniqueFd out;
  UniqueFd err;
  /// Called with nothing when what is typed becomes the command's; then, once it runs, with it.
  std::function<void(std::shared_ptr<ExecControl>)> on_started;
  bool shell = false;  ///< instead of `argv`: the user's own shell
  bool session =
      false;  ///< a session: when the last one ends, shutdownAction is honoured (CFG-042)
  /// Called once after that, when the command has ended or could not be started.
  std::function<void()> on_ended;
};

/// Runs a command in an environment and returns its exit status (128+n after signal n). USER-002,
/// USER-010..016. Throws Error "environment.not_found" ("Dev container not found.").
int exec(Core& core, ExecOptions options, std::stop_token stop);

struct ReadConfigurationRequest {
  Selection selection;
  std::string additional_features;
  bool include_merged = false;
  bool include_features = false;  ///< for read_features_configuration (features.hpp)
};

struct ReadConfigurationResult {
  std::string configuration;  ///< JSON text
  std::string workspace;      ///< JSON text; empty: none
  std::string merged;         ///< JSON text; empty: not asked for
};

/// The configuration as `up` would see it now; with a container, as that has it. CFG-*, VAR-017.
ReadConfigurationResult read_configuration(Core& core, const ReadConfigurationRequest& request,
                                           std::stop_token stop);

struct RunUserCommandsRequest {
  Selection selection;
  RemoteEnvironmentOptions remote;
  LifecycleOptions lifecycle;
  Environment secrets;
  UniqueFd rest;                ///< what `up` left (UpResult::rest)
  bool prepare_system = false;  ///< patch /etc for login shells first, as `set-up` does
};

struct RunUserCommandsResult {
  std::string result;                ///< "done", "prebuild", "skipNonBlocking", …
  std::string configuration;         ///< JSON text
  std::string merged_configuration;  ///< JSON text
};

/// Runs the lifecycle commands that are due in a running container, also one that another tool
/// made (`set-up`, LIFE-028). Throws OperationError; "environment.not_found" without a container.
RunUserCommandsResult run_user_commands(Core& core, RunUserCommandsRequest request,
                                        std::stop_token stop);

/// A secret that a configuration recommends (SEC-001).
struct SecretDeclaration {
  std::string name;
  std::string description;
  std::string documentation_url;
};

/// What the configuration of `selection` declares; nothing without a configuration.
std::vector<SecretDeclaration> declared_secrets(Core& core, const Selection& selection);

/// The values of a file of secrets, a JSON object of names and texts. From here on they are masked
/// in everything that the core logs. SEC-003..005. Throws OperationError "secrets.read",
/// "secrets.syntax", "secrets.value".
Environment read_secrets(Core& core, const std::string& file);

/// The values of `declared` that the caller's environment or the command of the setting
/// `secrets_command` has (SEC-002); masked as above. Throws Error "secrets.command".
Environment find_secrets(Core& core, const Selection& selection,
                         const std::vector<SecretDeclaration>& declared, std::stop_token stop);

struct BuildRequest {
  Selection selection;
  BuildOptions build;
};

struct BuildResult {
  std::vector<std::string> images;  ///< all names of the one image
  bool group = false;               ///< it is a service's
};

/// Makes the image of a workspace; no container appears. BLD-001, 008, 012. Throws OperationError.
BuildResult build(Core& core, const BuildRequest& request, std::stop_token stop);

/// The settings in force for a workspace, those in its configuration included; without a
/// configuration there, the others.
Settings workspace_settings(Core& core, const Selection& selection);

/// One environment as `list` and `status` show it.
struct EnvironmentInfo {
  std::string backend;
  InstanceInfo instance;
  std::string local_folder;
  std::string source;  ///< the Git repository that the folder is a clone of, "URL@REF"; empty: none
  std::string config_file;
  std::int64_t age_seconds = -1;  ///< since the instance was made; -1: unknown
};

/// A backend that was asked and did not answer.
struct SilentBackend {
  std::string name;
  std::string reason;
};

struct ListResult {
  std::vector<EnvironmentInfo> environments;
  std::vector<SilentBackend> silent;
};

/// Every environment of all installed backends that answer (with `--backend`: of that one), ours
/// or another tool's with the same labels; at most two requests each. Who does not answer within
/// two seconds is silent. VSC-011.
ListResult list(Core& core, bool all, std::stop_token stop);

struct StatusResult {
  std::string backend;
  std::string config_file;   ///< empty: no configuration there
  std::string config_fault;  ///< why the configuration cannot be read; empty: it can
  std::optional<EnvironmentInfo> environment;
  /// What in the configuration differs from the one that the environment was made from.
  std::vector<std::string> changed;
  bool newer_configuration = false;  ///< it differs, or it may: another tool made the environment
  /// The image that the configuration starts from, when its registry has a newer one.
  std::string newer_base;
  std::vector<SilentBackend> silent;  ///< who did not answer and may have the missing environment
};

/// What is there for a workspace; an environment that does not exist is an answer, not an error,
/// and so is a faulty configuration. VSC-006. The registry gets two seconds to answer.
StatusResult status(Core& core, const Selection& selection, std::stop_token stop);

/// Stops the environment; already stopped is success. Waits for an `up` of the same workspace.
/// Throws "environment.not_found".
EnvironmentInfo stop(Core& core, const Selection& selection, int timeout_seconds,
                     std::stop_token stop);

struct DownOptions {
  bool volumes = false;  ///< the volumes that it mounts as well, named ones too
  bool images = false;   ///< the images that were built for the workspace
};

struct DownResult {
  std::optional<EnvironmentInfo> environment;  ///< absent: there was no container
  std::vector<std::string> volumes;            ///< named ones that were removed
  std::vector<std::string> images;
};

/// Removes the environment's container, and what the options say; what another container uses stays
/// and is said. Waits for an `up` of the same workspace. Throws "environment.unanswered" when there
/// is none and who does not answer may have it. VSC-011.
DownResult down(Core& core, const Selection& selection, const DownOptions& options,
                std::stop_token stop);

/// The file with what lifecycle commands that ran on behind an `up` have said; empty: there is
/// none.
std::string lifecycle_log(Core& core, const Selection& selection);

struct LogsOptions {
  Selection selection;
  bool follow = false;
  bool timestamps = false;
  int tail = -1;
  std::string since;
  UniqueFd out;
  UniqueFd err;
};

/// The main process' output. VSC-028.
void logs(Core& core, LogsOptions options, std::stop_token stop);

}  // namespace fairlead
