#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Changing JSON with comments as text, so that what is not changed stays byte for byte.
namespace fairlead::text_edit {

/// One member of an object, as offsets into the text.
struct Member {
  std::string name;                  ///< without quotes and escapes
  std::size_t begin = 0;             ///< of the name's quote
  std::size_t value = 0;             ///< of the value
  std::size_t end = 0;               ///< behind the value
  std::optional<std::size_t> comma;  ///< the one behind it
};

/// An object, its braces at `open` and `close`.
struct Object {
  std::size_t open = 0;
  std::size_t close = 0;
  std::vector<Member> members;

  const Member* find(std::string_view name) const;
};

/// The object whose brace is the first thing at or behind `at` that is no blank or comment;
/// nullopt: something else stands there. The text is good JSON with comments.
std::optional<Object> object_at(std::string_view text, std::size_t at);

/// The begin of every string value that is no member's name, in order.
std::vector<std::size_t> string_values(std::string_view text);

/// The blanks that the line of `at` begins with.
std::string leading_blanks(std::string_view text, std::size_t at);

/// Takes a member out, with its comma, and with its line when nothing else stands there.
void remove_member(std::string& text, const Object& object, const Member& member);

/// Puts `"name": value` behind the last member, laid out as the members there are; `value` may have
/// lines, which are moved in by the members' indentation.
void append_member(std::string& text, const Object& object, std::string_view name,
                   std::string_view value);

}  // namespace fairlead::text_edit
