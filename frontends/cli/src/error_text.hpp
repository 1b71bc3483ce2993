#pragma once

#include "command.hpp"

#include <fairlead/diagnostic.hpp>
#include <fairlead/error.hpp>

#include <string>
#include <string_view>

namespace fairlead::cli {

/// `error` for a person: "error: message", where it is with the line and a caret, what was being
/// done, and what to do; in drop-in mode "Error: message", as the reference's stacks begin, and the
/// place. Ends with a newline.
std::string error_text(const Error& error, Mode mode, bool colour);

/// `diagnostic` for a person, in the form that editors and compilers share: "file:line:column:
/// error: message [code]", the line with a caret, and what to do. Ends with a newline.
std::string diagnostic_text(const Diagnostic& diagnostic, bool colour);

/// `diagnostic` as a JSON object, without a newline.
std::string diagnostic_json(const Diagnostic& diagnostic);

/// `error` as the one line of JSON that commands end with: outcome, message, description; in
/// fairlead mode also code and hint. Ends with a newline. \param description what failed as a
/// whole; empty: the message
std::string error_json(const Error& error, std::string_view description, Mode mode);

}  // namespace fairlead::cli
