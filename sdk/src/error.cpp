#include "fairlead/error.hpp"

#include <array>
#include <utility>

namespace fairlead {

std::string_view to_string(Status status) {
  static constexpr std::array<std::string_view, 11> names = {
      "ok",          "cancelled",   "invalid", "not_found", "conflict", "denied",
      "unsupported", "unavailable", "timeout", "failed",    "internal"};
  const auto index = static_cast<std::size_t>(status);
  return index < names.size() ? names[index] : "internal";
}

Error::Error(Status status, std::string code, std::string message, std::string hint)
    : status_(status),
      code_(std::move(code)),
      message_(std::move(message)),
      hint_(std::move(hint)) {}

Error& Error::note(std::string text) & {
  notes_.push_back(std::move(text));
  return *this;
}

Error&& Error::note(std::string text) && {
  notes_.push_back(std::move(text));
  return std::move(*this);
}

Error& Error::at(SourceLocation where) & {
  where_ = std::move(where);
  return *this;
}

Error&& Error::at(SourceLocation where) && {
  where_ = std::move(where);
  return std::move(*this);
}

std::string Error::text() const {
  std::string out;
  if (!where_.file.empty()) {
    out += where_.file;
    if (where_.line > 0) {
      out += ':' + std::to_string(where_.line) + ':' + std::to_string(where_.column);
    }
    out += ": ";
  }
  out += message_;
  if (!where_.text.empty() && where_.column > 0) {
    out += "\n  " + where_.text + "\n  " +
           std::string(static_cast<std::size_t>(where_.column) - 1, ' ') + '^';
  }
  for (const auto& note : notes_) out += "\n  while " + note;
  if (!hint_.empty()) out += "\n  " + hint_;
  return out;
}

}  // namespace fairlead
