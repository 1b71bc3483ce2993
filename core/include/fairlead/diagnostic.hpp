#pragma once

#include <fairlead/error.hpp>

#include <string>
#include <string_view>

namespace fairlead {

/// An error makes the file unusable, a warning is something that works but is not what was meant or
/// not as the specification wants it, a note names the modern form of an old one.
enum class Severity { error, warning, note };

/// "error", "warning" or "note".
std::string_view to_string(Severity severity);

/// One thing that is said about a file. `code` is stable (docs/errors.md), the text is not.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;
  std::string message;
  std::string hint;  ///< what to do about it; may be empty
  SourceLocation where;

  /// "file:line:column: message; hint" on one line.
  std::string text() const;
};

}  // namespace fairlead
