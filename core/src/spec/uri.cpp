#include "spec/uri.hpp"

#include <string>

namespace fairlead {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_uri(std::string_view text) {
  if (text.find_first_of(" \t\r\n<>\"{}|\\^`") != std::string_view::npos) return false;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  for (const char c : text.substr(0, colon)) {
    const bool good = is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!good) return false;
  }
  return true;
}

}  // namespace

void judge_uri(const Values& values, std::string_view name) {
  const std::string text = values.text(name);
  const Json* given = values.get(name);
  if (given == nullptr || !given->is_string() || !values.settled(text) || is_uri(text)) return;
  values.warn(name, "config.form", '"' + text + "\" is no URI",
              "one begins with a scheme, like https:");
}

}  // namespace fairlead
