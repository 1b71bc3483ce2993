#pragma once

#include <fairlead/config.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// Faults found in one document, each with the JSON pointer to its place.
class Faults {
 public:
  void add(std::string pointer, std::string message) {
    faults_.emplace_back(std::move(pointer), std::move(message));
  }
  bool empty() const { return faults_.empty(); }

  /// Throws one Error "config.invalid" that names all of them, in the order of the file; nothing
  /// when there are none. `source` may be null: the faults then have no line.
  void throw_if_any(const SourceMap* source, const std::string& subject) const;

 private:
  std::vector<std::pair<std::string, std::string>> faults_;
};

/// Every top-level property that devcontainer.json knows, old ones too.
const std::vector<std::string>& known_properties();

}  // namespace fairlead
