#pragma once

#include <fairlead/engine.hpp>

#include <map>

namespace fairlead {

/// Who works in an instance and with which environment: step 10 of `up`, and all that `exec` needs.
struct Inside {
  std::string user;
  std::string home;
  std::string shell;
  Environment probed;  ///< what userEnvProbe found; empty when it is off or failed
  /// Of each once-only hook: the text of its marker file, absent when there is no such file. Empty
  /// when the answer came from the cache.
  std::map<Hook, std::string> markers;
  bool dotfiles_installed = false;  ///< as the markers
  std::string content;  ///< the commit that updateContentCommand last ran for; empty: unknown
  /// /etc/profile keeps the container's PATH, so what the probe found needs nothing added.
  bool profile_patched = false;
};

struct EnterRequest {
  std::string user;
  UserEnvProbe probe = UserEnvProbe::login_interactive_shell;
  std::string data_folder;                          ///< of the markers; empty: ~/.devcontainer
  std::string system_folder = "/var/devcontainer";  ///< of the system's markers
  std::string session_folder;  ///< keeps the probed environment in the instance; empty: not there
  bool need_markers = false;
};

/// The user that the tool's processes run as: remoteUser, else the instance's, else root. USER-003.
std::string remote_user_of(const MergedConfig& merged, const InstanceInfo& instance);

/// What processes run as: `remote_user_of` and the group, where one is given (USER-006).
std::string remote_account_of(const MergedConfig& merged, const InstanceInfo& instance);

/// Looks around in a running instance with a single exec: the user's entry, the probed environment
/// and the hooks' markers. Answers are kept per start of the instance in the caller's runtime
/// folder, readable by the caller alone. USER-006, 010, 011, 013..016.
Inside enter(Core& core, Backend& backend, const InstanceInfo& instance,
             const EnterRequest& request, std::stop_token stop);

/// Adds the entries of the container's PATH that a login shell dropped, in place; folders for
/// administration only for root. USER-014.
std::string merge_path(const std::string& probed, const std::string& container, bool root);

/// The NAME=value list of an instance as a map.
Environment container_environment(const InstanceInfo& instance);

/// What a process of the tool gets on top of the container's own environment, and what it must not
/// see. USER-012, CFG-047.
struct ProcessEnvironment {
  Environment set;
  std::vector<std::string> unset;
};
ProcessEnvironment process_environment(const Inside& inside, const InstanceInfo& instance,
                                       const std::vector<std::string>& remote_env,
                                       const RemoteEnv& config_env);

/// `argv`, behind `env -u` for the variables that must not be seen.
std::vector<std::string> with_unset(const ProcessEnvironment& environment,
                                    std::vector<std::string> argv);

}  // namespace fairlead
