#pragma once

#include <fairlead/engine.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// What an editor wants to know of the inside of an environment. The rules of engine.hpp hold.
namespace fairlead {

enum class PathSide { host, environment };

/// The names that files of the `from` side have on the other one, in the order of `paths`, which
/// are absolute; nullopt: the file is not there. What is bind-mounted is there, the deepest mount
/// wins; of a host that is the environment everything. Without a container the mounts are those
/// that the configuration wants. Throws "config.not_found".
std::vector<std::optional<std::string>> map_paths(Core& core, const Selection& selection,
                                                  PathSide from,
                                                  const std::vector<std::string>& paths,
                                                  std::stop_token stop);

/// A piece of a file.
struct FilePiece {
  std::string path;       ///< absolute
  std::int64_t size = 0;  ///< of the whole file
  std::int64_t offset = 0;
  std::string bytes;
};

/// Reads at most `length` bytes of a file in a running environment, as its remote user. A relative
/// path starts at the workspace folder. Throws "inside.file" (not_found, denied, or no regular
/// file), "environment.not_found", "environment.not_running".
FilePiece read_inside(Core& core, const Selection& selection, const std::string& path,
                      std::int64_t offset, std::int64_t length, std::stop_token stop);

/// The customizations of one tool as JSON text: {"entries": [...], "merged": ...}, the entries in
/// the order of the specification (image, features, devcontainer.json), and what they are together:
/// members of objects are merged, lists joined without what is there already, and of everything
/// else the last wins. "merged" is null without entries. MERGE-*. Throws as read_configuration.
std::string customizations(Core& core, const Selection& selection, const std::string& tool,
                           std::stop_token stop);

}  // namespace fairlead
