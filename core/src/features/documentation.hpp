#pragma once

#include "features/collection.hpp"

#include <string>

/// README files of Features and Templates, made from their metadata. DIST-024.
namespace fairlead {

struct DocumentationPlace {
  std::string folder;    ///< the collection's folder of sources, as the user wrote it
  std::string registry;  ///< Features only
  std::string space;     ///< Features only: "<owner>/<repo>"
  std::string owner;     ///< of the GitHub repository to link to; empty: no link
  std::string repository;
};

/// One README's text. `metadata` is the artifact's JSON text, `name` its folder's, `notes` the
/// content of its NOTES.md. Throws Error "collection.incomplete" without an id.
std::string readme_text(ArtifactKind kind, const std::string& metadata, const std::string& name,
                        const std::string& notes, const DocumentationPlace& place);

/// Writes README.md into each folder of the collection that has metadata; faults of one are
/// warnings and the others go on. Throws Error "collection.target" when there is no such folder.
void generate_readmes(ArtifactKind kind, const DocumentationPlace& place, const Log& log);

}  // namespace fairlead
