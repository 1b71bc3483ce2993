#pragma once

#include <fairlead/collections.hpp>
#include <fairlead/events.hpp>

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Collections of Features or Templates on their way to a registry: DIST-001..005, TMPL-013, 014.
namespace fairlead {

/// "feature", "template": as files, archives and messages are named.
std::string_view artifact_word(ArtifactKind kind);
/// "devcontainer-feature.json", "devcontainer-template.json".
std::string artifact_metadata_file(ArtifactKind kind);

inline constexpr const char* collection_file = "devcontainer-collection.json";

/// One Feature or Template, packaged.
struct PackagedArtifact {
  std::string id;
  std::string version;
  std::vector<std::string> legacy_ids;
  std::string metadata;  ///< as published, compact JSON
  std::string archive;   ///< the file's name
};

struct PackagedCollection {
  std::vector<PackagedArtifact> artifacts;
};

/// Packages `target`, a folder of artifacts or one of them, into `output` (there, empty): an
/// archive each and the collection's metadata. `staging` is an empty folder for copies. Folders
/// without metadata and hidden ones are passed over. Throws Error: "collection.target" (no such
/// folder), "collection.incomplete" (id, version, name or install.sh is missing),
/// "collection.empty", "config.syntax", what make_archive and write_file throw.
PackagedCollection package_collection(ArtifactKind kind, const std::filesystem::path& target,
                                      const std::filesystem::path& output,
                                      const std::filesystem::path& staging, const Log& log,
                                      std::stop_token stop);

}  // namespace fairlead
