#pragma once

#include "features/resolve.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// devcontainer-lock.json: which content the features of a configuration had. FEAT-053..057.
namespace fairlead {

struct LockedFeature {
  std::string version;
  std::string resolved;
  std::string integrity;
  std::vector<std::string> depends_on;
};

/// By id, as the file writes it.
using Lockfile = std::map<std::string, LockedFeature>;

/// Reads the file's text; nothing for a blank one, which asks for a lockfile to be written. `file`
/// is for messages. Throws Error "lockfile.invalid".
std::optional<Lockfile> parse_lockfile(std::string_view text, const std::string& file);

/// The digest that the lockfile demands of `id`, found as written or in lower case; empty: none.
std::string locked_digest(const Lockfile& lockfile, const std::string& id);

/// What the features would be locked to; local ones have no entry. `left_out` are ids that only the
/// command line asked for. The specification wants keys in lower case, `as_written` keeps them as
/// the reference CLI does (FEAT-055, FEAT-056).
Lockfile lock_features(const ResolvedList& features, const std::set<std::string>& left_out,
                       bool as_written);

/// The file's text: two spaces, keys in the reference CLI's order, a line end. FEAT-054.
std::string lockfile_text(const Lockfile& lockfile);

/// Beside the configuration: `.devcontainer-lock.json` when that one's name begins with a dot.
std::string lockfile_path(const std::string& config_file);

}  // namespace fairlead
