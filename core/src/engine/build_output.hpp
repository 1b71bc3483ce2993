#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// Reads along what a builder prints, to say afterwards which feature failed. Not thread-safe.
class BuildOutput {
 public:
  struct FailedFeature {
    std::string what;  ///< `Feature "Go" (./go) failed to install!`, with its documentation
    std::string tail;  ///< the end of its output, at most fifteen lines, each indented
  };

  /// A piece of output, line breaks included.
  void add(std::string_view piece);
  /// Nothing: it was not a feature that failed.
  std::optional<FailedFeature> failed_feature() const;

 private:
  void end_line();

  std::string line_;
  std::deque<std::string> lines_;  ///< the last ones
};

}  // namespace fairlead
