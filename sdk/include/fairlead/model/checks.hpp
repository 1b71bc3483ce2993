#pragma once

#include <string>
#include <vector>

/// What a backend can tell when something does not work. Not part of model.hpp: few need it.
namespace fairlead {

/// One thing that was looked at to find out why something does not work.
struct Check {
  std::string name;              ///< "version", "clock"; for people and scripts
  std::string outcome = "good";  ///< "good", "warning" or "bad"
  std::string message;           ///< one line: what is so
  std::string hint;              ///< what to do about it; empty when good
};

struct ChecksRequest {};

/// In the order in which they build on each other.
struct ChecksReply {
  std::vector<Check> checks;
};

}  // namespace fairlead
