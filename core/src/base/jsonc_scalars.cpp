#include "base/jsonc_parser.hpp"
#include "base/text.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace fairlead::jsonc {

Json number_of(std::string_view text) {
  constexpr double exact = 9007199254740992.0;  // 2^53: JavaScript's integers are doubles
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec == std::errc::result_out_of_range) {
    const bool tiny = text.find('-', 1) != std::string_view::npos;
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  if (value == std::floor(value) && std::fabs(value) <= exact) {
    return Json(static_cast<std::int64_t>(value));
  }
  return Json(value);
}

std::optional<Json> Parser::word() {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::size_t end = at_;
  while (end < text_.size() && is_letter(text_[end])) ++end;
  const std::string_view letters = text_.substr(at_, end - at_);
  if (letters == "true" || letters == "false" || letters == "null") {
    at_ = end;
    return letters == "null" ? Json(nullptr) : Json(letters == "true");
  }
  if (!letters.empty()) {
    fault(at_, "'" + std::string(letters) + "' is no JSON value",
          "write text in double quotes: \"" + std::string(letters) + "\"");
  }
  if (peek() == '\'') fault(at_, "text stands in double quotes in JSON, not in single ones");
  return std::nullopt;
}

std::optional<Json> Parser::number() {
  const std::size_t begin = at_;
  const auto digits = [&] {
    const std::size_t from = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - from;
  };
  bool good = true;
  if (peek() == '-') ++at_;
  const std::size_t first = at_;
  good = digits() > 0 && (text_[first] != '0' || at_ == first + 1);
  if (peek() == '.') {
    ++at_;
    good = digits() > 0 && good;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    good = digits() > 0 && good;
  }
  if (!good) {
    fault(begin, "'" + std::string(text_.substr(begin, at_ - begin)) + "' is no JSON number");
    return std::nullopt;
  }
  Json value = number_of(text_.substr(begin, at_ - begin));
  if (value.is_number_float() && std::isinf(value.get<double>())) {
    fault(begin, "this number is too large");
  }
  return value;
}

std::optional<char32_t> Parser::hex4() {
  char32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = at_ + i < text_.size() ? text_[at_ + i] : '\0';
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  at_ += 4;
  return value;
}

/// The cursor stands behind the backslash. What is no escape is passed over, whole characters.
void Parser::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  const std::size_t begin = at_ - 1;
  const char c = peek();
  if (at_end() || c == '\n' || c == '\r') return;  // the string's end reports it
  const std::string_view what = character();
  at_ += what.size();
  const std::size_t index = letters.find(c);
  if (index != std::string_view::npos) {
    out += values[index];
    return;
  }
  const auto code = c == 'u' ? hex4() : std::nullopt;
  if (!code)
    return fault(begin, "'\\" + std::string(what) + "' is no escape of JSON",
                 "write '\\\\' for a backslash");
  char32_t point = *code;
  if (point >= 0xD800 && point <= 0xDBFF && peek() == '\\' && peek_next() == 'u') {
    at_ += 2;
    const auto low = hex4();
    if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
      point = 0x10000 + ((point - 0xD800) << 10U) + (*low - 0xDC00);
    } else {
      at_ -= low ? 6 : 2;
    }
  }
  if (point >= 0xD800 && point <= 0xDFFF) {
    fault(begin, "half of a surrogate pair is no character");
    point = 0xFFFD;
  }
  append_utf8(out, point);
}

std::string Parser::string() {
  const std::size_t begin = at_++;
  std::string out;
  for (;;) {
    // Whole runs at once: most strings have no escape.
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
           static_cast<unsigned char>(text_[end]) >= 0x20) {
      ++end;
    }
    out.append(text_, at_, end - at_);
    at_ = end;
    if (at_end() || peek() == '\n' || peek() == '\r') {
      fault(begin, "this text is never closed", "add '\"', or write a line break as '\\n'");
      return out;
    }
    const char c = text_[at_++];
    if (c == '"') return out;
    if (c == '\\') {
      escape(out);
    } else {
      if (c != '\t') fault(at_ - 1, "a control character in a text", "write it as '\\u00xx'");
      out += c;
    }
  }
}

}  // namespace fairlead::jsonc
