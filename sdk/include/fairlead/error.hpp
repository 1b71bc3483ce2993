#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// How an operation ended. The numbers are those of `fairlead_status` in abi.h.
enum class Status : std::int32_t {
  ok = 0,
  cancelled = 1,
  invalid = 2,
  not_found = 3,
  conflict = 4,
  denied = 5,
  unsupported = 6,
  unavailable = 7,
  timeout = 8,
  failed = 9,
  internal = 10,
};

/// The stable lower-case word for `status` ("not_found"), as it appears in JSON.
std::string_view to_string(Status status);

/// A place in a file that the user wrote. Lines and columns count from 1; 0 means unknown.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;    ///< in characters, not bytes
  std::string text;  ///< the line itself, for the caret display
};

/// The one exception class of fairlead: what happened, why, where, and what to do about it.
///
/// `code` is stable and documented in docs/errors.md ("config.syntax", "engine.unreachable");
/// frontends and scripts may depend on it, never on the text. Notes are added on the way up,
/// innermost first.
class Error : public std::exception {
 public:
  Error(Status status, std::string code, std::string message, std::string hint = {});

  Status status() const noexcept { return status_; }
  const std::string& code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  const SourceLocation& where() const noexcept { return where_; }
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  const char* what() const noexcept override { return message_.c_str(); }

  /// Says what was being done: `e.note("building the image of service 'app'"); throw;`
  Error& note(std::string text) &;
  Error&& note(std::string text) &&;
  Error& at(SourceLocation where) &;
  Error&& at(SourceLocation where) &&;

  /// The whole error as several lines of plain text: location, message, caret, notes, hint.
  std::string text() const;

 private:
  Status status_;
  std::string code_;
  std::string message_;
  std::string hint_;
  SourceLocation where_;
  std::vector<std::string> notes_;
};

}  // namespace fairlead
