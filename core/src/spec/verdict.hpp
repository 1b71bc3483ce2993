#pragma once

#include "spec/json_access.hpp"
#include "spec/rules.hpp"

#include <fairlead/explain.hpp>

#include <vector>

namespace fairlead {

/// What became of one value among several.
struct Verdict {
  Contribution::Outcome outcome = Contribution::Outcome::won;
  std::string reason;
};

/// Judges the values of one property in the order of the merge, none of them null pointers. `who`
/// names their contributors. Pure; the mirror of merge_json in words.
std::vector<Verdict> verdicts_on(MergeRule rule, const std::vector<const Json*>& values,
                                 const std::vector<std::string>& who);

}  // namespace fairlead
