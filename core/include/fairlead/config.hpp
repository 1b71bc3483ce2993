#pragma once

#include <fairlead/config_model.hpp>
#include <fairlead/diagnostic.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Reading, substituting and merging configurations, without any engine.
///
/// All functions are free of global state, may be called from any thread at the same time, touch
/// the file system only where said, and start no process. The usual order is
///
///     ConfigDocument doc = read_config(options);                           // stage 1
///     Identity identity = resolve_identity(doc, {});
///     doc = substitute_devcontainer_id(std::move(doc), identity.devcontainer_id);  // stage 2
///     Config config = parse_config(doc);
///     MergedConfig merged = merge(doc, entries);      // base image label + features + this file
///     merged = substitute_container_env(merged, container_environment);    // stage 3
namespace fairlead {

/// What becomes of values of a wrong type: an Error that names all of them, or as if they were
/// absent. The second is for showing a configuration in drop-in mode, where the reference judges
/// nothing.
enum class Faulty { refuse, ignore };

class SourceMap;  ///< JSON pointer to line and column; internal to the core

struct ReadOptions {
  std::string workspace_folder;  ///< or a .code-workspace file in it; empty: none
  std::string config;            ///< a devcontainer.json to take instead of looking for one
  std::string override_config;   ///< content to take instead of the found file's
  Mode mode = Mode::fairlead;
  Environment environment;        ///< the caller's variables, for `${localEnv:…}`
  std::string working_directory;  ///< what relative paths start from; empty: the process's own
  bool mount_workspace_git_root = true;
  bool mount_git_worktree_common_dir = false;
  std::string mount_consistency;  ///< added to the default mount; empty on Linux
  /// The environment has the workspace where it is: `workspaceFolder` and `workspaceMount` say
  /// nothing, and nothing is mounted.
  bool own_place = false;
};

/// What is known for substitution. Absent members leave their variables as written.
struct Variables {
  Mode mode = Mode::fairlead;
  std::shared_ptr<const Environment> local_environment;
  std::string local_workspace_folder;
  std::string container_workspace_folder;
  std::string config_file;  ///< for messages
  std::string devcontainer_id;
  std::shared_ptr<const Environment> container_environment;
};

/// A configuration as JSON, with where it came from. Immutable: stages yield a new one.
struct ConfigDocument {
  std::string config_file;   ///< absolute; names the configuration in labels and relative paths
  std::string content_file;  ///< what was read: `config_file` or the override
  std::string
      config_uri_scheme;  ///< of `configFilePath`: "vscode-fileHost", or "file" with --config
  JsonPtr raw;            ///< as written, legacy properties moved, nothing substituted
  JsonPtr json;           ///< substituted; `configFilePath` is its last member
  WorkspacePaths workspace;
  Variables variables;
  /// Unknown properties and old forms (Mode::fairlead only): warnings and notes.
  std::vector<Diagnostic> advice;
  std::shared_ptr<const SourceMap> source;

  std::string config_folder() const;
};

/// Every configuration below `workspace_folder`, absolute, in the order of the specification: the
/// two default places, then `.devcontainer/<name>/devcontainer.json` by name. CFG-001..004.
std::vector<std::string> list_configs(const std::string& workspace_folder);

/// Locates, reads and substitutes (stage 1). CFG-001..020, VAR-001..022.
/// Throws Error: "config.not_found", "config.read" (unreadable), "config.syntax" with the position,
/// "config.not_an_object", "config.variable" (`${localEnv}` without a name).
ConfigDocument read_config(const ReadOptions& options);

/// The typed form of `document.json`. CFG-021..074. `advice` gets the warnings and notes about
/// values, when it is given; what is in `document.advice` is not said again.
/// Throws Error "config.invalid" that names every fault with its line and column, and
/// "config.no_source" never: Scenario::none is a valid configuration (CFG-018).
Config parse_config(const ConfigDocument& document, Faulty faulty = Faulty::refuse,
                    std::vector<Diagnostic>* advice = nullptr);

/// Throws Error "config.no_source" in the reference's words unless there is something to start
/// from.
void require_source(const ConfigDocument& document, const Config& config);

/// Throws Error "config.file_name" unless the file is named devcontainer.json or
/// .devcontainer.json, which `up` demands of an explicitly given one (CFG-008).
void require_standard_file_name(const std::string& config_file);

/// The id labels ("key=value" words of the user replace the default two), the id computed from
/// them, and the image name of the folder. VAR-011..013. Throws Error "config.id_label" for a bad
/// word.
Identity resolve_identity(const ConfigDocument& document,
                          const std::vector<std::string>& id_labels);

/// The id of a dev container that has these labels. VAR-012.
std::string devcontainer_id(const std::vector<std::pair<std::string, std::string>>& id_labels);

// ---------------------------------------------------------------------------- substitution

/// Replaces the variables that `variables` knows in every string value at any depth. VAR-018..020.
nlohmann::ordered_json substitute(const Variables& variables, const nlohmann::ordered_json& value);
std::string substitute_text(const Variables& variables, std::string_view text);

/// Stage 2. The result remembers the id, so that `merge` applies it to label entries too.
ConfigDocument substitute_devcontainer_id(ConfigDocument document, const std::string& id);

/// Stage 3, with the container's configured environment (VAR-006..008).
ConfigDocument substitute_container_env(ConfigDocument document, const Environment& environment);
MergedConfig substitute_container_env(MergedConfig merged, const Environment& environment);

// ---------------------------------------------------------------------------- image metadata

/// Reads the text of a `devcontainer.metadata` label: an array of objects, or one. Anything else is
/// ignored and said through `warn`. IMG-001..003.
std::vector<MetadataEntry> metadata_of_label(std::string_view label,
                                             const std::function<void(std::string)>& warn);

/// What devcontainer.json contributes; nullopt when that is nothing. IMG-004, 008.
/// `with_remote_env` false leaves remoteEnv out (IMG-036).
std::optional<MetadataEntry> metadata_entry(const ConfigDocument& document,
                                            bool with_remote_env = true);

/// What a feature contributes, from the text of its devcontainer-feature.json. IMG-004, 009, 010.
/// Throws Error "features.metadata" when the text is not a JSON object.
MetadataEntry metadata_entry_of_feature(const std::string& id, std::string_view metadata,
                                        bool with_customizations = true);

/// The part that an existing container takes from the current file: remoteUser, userEnvProbe and
/// remoteEnv. IMG-032.
std::optional<MetadataEntry> refreshed_entry(const ConfigDocument& document);

/// The label's text: always an array on one line. IMG-003.
std::string metadata_label(const std::vector<MetadataEntry>& entries);

/// Merges `entries` in order (the caller puts base image, features, then this file's own) over
/// `document`; the entries are substituted as far as the document is. IMG-011..027.
/// Throws Error "config.invalid" for an entry with a value of the wrong type.
MergedConfig merge(const ConfigDocument& document, const std::vector<MetadataEntry>& entries,
                   Faulty faulty = Faulty::refuse);

// ---------------------------------------------------------------------------- output

/// The compact JSON texts of read-configuration and `up`, members in the reference's order.
std::string configuration_json(const ConfigDocument& document);
std::string merged_configuration_json(const MergedConfig& merged);
/// "{}" when there is no workspace folder.
std::string workspace_json(const WorkspacePaths& workspace);

}  // namespace fairlead
