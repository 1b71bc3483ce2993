#include "json_text.hpp"

#include "utf8.hpp"

namespace fairlead::cli {
namespace {

void append_control(std::string& out, char letter) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(letter);
  out += "\\u00";
  out += digits[code >> 4];
  out += digits[code & 15];
}

void append_ascii(std::string& out, char letter) {
  switch (letter) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      if (static_cast<unsigned char>(letter) < 0x20) return append_control(out, letter);
      out += letter;
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    if (!step.valid) {
      out += "\xEF\xBF\xBD";
    } else if (step.size == 1) {
      append_ascii(out, text.front());
    } else {
      out += text.substr(0, step.size);
    }
    text.remove_prefix(step.size);
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_array(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? "," : "") + json_string(text);
  return out + ']';
}

}  // namespace fairlead::cli
