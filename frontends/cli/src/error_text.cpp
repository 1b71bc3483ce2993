#include "error_text.hpp"

#include "json_text.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

std::string painted(std::string_view sgr, std::string_view text, bool colour) {
  if (!colour) return std::string(text);
  return "\x1b[" + std::string(sgr) + 'm' + std::string(text) + "\x1b[0m";
}

std::string place(const SourceLocation& where) {
  std::string text = where.file;
  if (where.line > 0) text += ':' + std::to_string(where.line);
  if (where.line > 0 && where.column > 0) text += ':' + std::to_string(where.column);
  return text;
}

// Blanks as wide as what stands before the column; tabs stay tabs, so that the caret lines up.
std::string indent_to(const SourceLocation& where) {
  std::string_view rest = where.text;
  std::string blanks;
  for (int column = 1; column < where.column && !rest.empty(); ++column) {
    const Utf8Step step = next_utf8(rest);
    const bool is_tab = rest.front() == '\t';
    blanks +=
        is_tab ? std::string("\t") : std::string(display_width(rest.substr(0, step.size)), ' ');
    rest.remove_prefix(step.size);
  }
  return blanks;
}

std::string source_text(const SourceLocation& where, bool colour) {
  if (where.text.empty()) return {};
  std::string text = "    " + where.text + '\n';
  if (where.column <= 0) return text;
  return text + "    " + indent_to(where) + painted("1;31", "^", colour) + '\n';
}

void append_field(std::string& json, std::string_view name, std::string_view value) {
  json += ",\"" + std::string(name) + "\":";
  append_json_string(json, value);
}

void append_place(std::string& json, const SourceLocation& where) {
  if (where.file.empty()) return;
  append_field(json, "file", where.file);
  if (where.line > 0) json += ",\"line\":" + std::to_string(where.line);
  if (where.column > 0) json += ",\"column\":" + std::to_string(where.column);
}

}  // namespace

std::string error_text(const Error& error, Mode mode, bool colour) {
  const bool own = mode == Mode::fairlead;
  std::string text = (own ? painted("1;31", "error:", colour) : "Error:") + ' ' + error.message();
  if (own && !error.code().empty()) text += ' ' + painted("2", '[' + error.code() + ']', colour);
  text += '\n';
  if (!error.where().file.empty()) {
    text += "  at " + painted("1", place(error.where()), colour) + '\n';
  }
  text += source_text(error.where(), colour);
  if (!own) return text;
  for (const std::string& note : error.notes()) text += "  while " + note + '\n';
  if (!error.hint().empty()) text += painted("1", "hint:", colour) + ' ' + error.hint() + '\n';
  return text;
}

std::string diagnostic_text(const Diagnostic& diagnostic, bool colour) {
  const bool error = diagnostic.severity == Severity::error;
  const std::string_view sgr =
      error ? "1;31" : (diagnostic.severity == Severity::warning ? "1;33" : "1;36");
  const std::string word = std::string(to_string(diagnostic.severity)) + ':';
  std::string text = painted("1", place(diagnostic.where), colour) + ": " +
                     painted(sgr, word, colour) + ' ' + diagnostic.message + " [" +
                     diagnostic.code + "]\n" + source_text(diagnostic.where, colour);
  if (!diagnostic.hint.empty()) text += "    hint: " + diagnostic.hint + '\n';
  return text;
}

std::string diagnostic_json(const Diagnostic& diagnostic) {
  std::string json = "{\"severity\":";
  append_json_string(json, to_string(diagnostic.severity));
  append_field(json, "code", diagnostic.code);
  append_field(json, "message", diagnostic.message);
  if (!diagnostic.hint.empty()) append_field(json, "hint", diagnostic.hint);
  json += ",\"line\":" + std::to_string(diagnostic.where.line) +
          ",\"column\":" + std::to_string(diagnostic.where.column);
  append_field(json, "text", diagnostic.where.text);
  return json + '}';
}

std::string error_json(const Error& error, std::string_view description, Mode mode) {
  std::string json = "{\"outcome\":\"error\"";
  append_field(json, "message", error.message());
  append_field(json, "description", description.empty() ? error.message() : description);
  if (mode == Mode::fairlead) {
    append_field(json, "code", error.code());
    append_field(json, "status", to_string(error.status()));
    if (!error.hint().empty()) append_field(json, "hint", error.hint());
    append_place(json, error.where());
  }
  return json + "}\n";
}

}  // namespace fairlead::cli
