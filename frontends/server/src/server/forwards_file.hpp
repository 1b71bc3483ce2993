#pragma once

#include "server/caller.hpp"

#include <string>
#include <vector>

namespace fairlead::server {

/// What is forwarded for one environment, as the next process takes it up.
struct SavedForwards {
  Caller caller;
  bool detect = false;
  bool relay = false;
  bool sync = false;
  std::vector<ForwardWish> wishes = {};
};

/// The same forward again, at the same place.
ForwardWish wish_of(const ForwardInfo& info);

/// What the file says; nothing when it is not there or cannot be understood.
std::vector<SavedForwards> read_forwards(const std::string& path);

/// Replaces the file at once or not at all, for this user only; without forwards there is none. Of
/// the caller's environment it has the variables that say where an engine is and how to get there,
/// nothing that may be a secret.
void write_forwards(const std::string& path, const std::vector<SavedForwards>& forwards);

/// Those variables.
Environment kept_variables(const Environment& environment);

}  // namespace fairlead::server
