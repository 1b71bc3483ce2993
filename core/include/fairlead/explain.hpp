#pragma once

#include <fairlead/config.hpp>

#include <string>
#include <vector>

/// Why a property has the value that it has: everybody who said something about it, in the order of
/// the merge, and what became of it.
namespace fairlead {

/// What one contributor said about a property.
struct Contribution {
  enum class Outcome { won, partly, lost };

  std::string who;  ///< "devcontainer.json", "image debian:12, entry 1", "Feature 'x'", "default"
  SourceLocation where;  ///< of the value; line 0: it stands in no file
  std::string value;     ///< JSON text as written, nothing substituted; of the default also words
  Outcome outcome = Outcome::won;
  std::string reason;  ///< why it won or lost
};

struct Explanation {
  std::string property;  ///< "remoteUser", "containerEnv.PATH"
  std::string value;     ///< JSON text of what is in force, substituted; empty: unset
  std::string rule;      ///< how several values become one
  std::vector<Contribution> contributions;
};

/// An image's or feature's metadata and whose it is.
struct NamedEntry {
  std::string who;
  MetadataEntry entry;
};

/// Explains `property`, a name or a path of names ("containerEnv.PATH"), or with "" every property
/// that somebody said something about. `entries` are those of base image and features in order,
/// without the configuration's own. Any thread. Throws "config.property" for a name that
/// devcontainer.json does not know and nobody used.
std::vector<Explanation> explain(const ConfigDocument& document,
                                 const std::vector<NamedEntry>& entries,
                                 const std::string& property);

}  // namespace fairlead
