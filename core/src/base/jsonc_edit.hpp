#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

struct JsoncMember {
  std::string name;
  std::string value;  ///< JSON text
};

struct JsoncStyle {
  std::string indent = "  ";  ///< of one level
  /// Not 0: how the reference CLI edits. The level of a new line follows from the blanks before the
  /// line that it comes behind, so many a level, and that line's own blanks become `indent` too.
  std::size_t blanks_per_level = 0;
};

/// `text`, a JSON document with comments, with members set in the object at `path` (names from the
/// top; missing objects are made). What is there keeps its place and comments; a member that is
/// there already gets the new value. New lines get the document's line ends. Text that is no object
/// is returned as it is.
std::string set_jsonc_members(std::string_view text, const std::vector<std::string>& path,
                              const std::vector<JsoncMember>& members, const JsoncStyle& style);

/// What one level of the document is indented by: the blanks before its first member; two spaces
/// when that tells nothing.
std::string jsonc_indent(std::string_view text);

}  // namespace fairlead
