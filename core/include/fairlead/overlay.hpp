#pragma once

#include <fairlead/config.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// A configuration of several files: `extends`, and devcontainer.local.json.
namespace fairlead {

/// One of the files that a configuration is made of.
struct ConfigLayer {
  enum class Kind { extended, own, override_config, local };
  Kind kind = Kind::own;
  std::string file;  ///< absolute
  /// As written; legacy properties moved, relative paths as seen from the configuration's folder.
  JsonPtr raw;
  std::shared_ptr<const SourceMap> source;
  std::string reference = {};  ///< where it came from when that is a registry
};

/// A configuration that `extends` names in a registry.
struct RegistryBase {
  std::string file;  ///< absolute; its neighbours lie beside it
  std::string text;
};
using FetchBase = std::function<RegistryBase(const std::string& reference)>;

/// As read_config(options); `fetch` gets what `extends` names in a registry, which is refused
/// otherwise. What it throws is thrown with the place of the reference. Such a file extends no file
/// outside of its folder.
ConfigDocument read_config(const ReadOptions& options, const FetchBase& fetch);

/// The files that `document` was made of, the nearest last; at least one. Any thread.
std::vector<ConfigLayer> config_layers(const ConfigDocument& document);

/// What the files contribute to the merge, in order: as `metadata_entry`, one entry for each file
/// that says something. All of them stand in the label, so that every reader merges them alike.
std::vector<MetadataEntry> own_metadata_entries(const ConfigDocument& document,
                                                bool with_remote_env = true);

}  // namespace fairlead
