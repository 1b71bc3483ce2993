#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::engine {

/// A .dockerignore: later lines win, '!' brings back, "**" crosses folders, and what lies in an
/// ignored folder is ignored too unless it is brought back.
class IgnoreFile {
 public:
  IgnoreFile() = default;
  explicit IgnoreFile(std::string_view content);

  /// `path` is relative to the context, with '/' between its parts.
  bool ignores(std::string_view path) const;
  /// Some later line brings things back, so that ignored folders have to be looked into.
  bool brings_back() const noexcept { return brings_back_; }

 private:
  struct Line {
    std::string pattern;
    bool back;
  };
  std::vector<Line> lines_;
  bool brings_back_ = false;
};

/// One path against one pattern: '*', '?', '[a-z]', '\x' and "**".
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace fairlead::engine
