#include "base/text.hpp"

#include <algorithm>

namespace fairlead {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// How many bytes at `at` belong together, and whether they are a whole character.
struct Sequence {
  std::size_t length;
  bool good;
};

/// A sequence that breaks off counts as long as it could still have become a character.
Sequence sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80U) return {1, true};
  // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
  unsigned low = 0x80U;
  unsigned high = 0xBFU;
  std::size_t length = 0;
  if (first >= 0xC2U && first <= 0xDFU) {
    length = 2;
  } else if (first >= 0xE0U && first <= 0xEFU) {
    length = 3;
    if (first == 0xE0U) low = 0xA0U;
    if (first == 0xEDU) high = 0x9FU;
  } else if (first >= 0xF0U && first <= 0xF4U) {
    length = 4;
    if (first == 0xF0U) low = 0x90U;
    if (first == 0xF4U) high = 0x8FU;
  } else {
    return {1, false};
  }
  if (byte(1) < low || byte(1) > high) return {1, false};
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(static_cast<unsigned char>(byte(i)))) return {i, false};
  }
  return {length, true};
}

}  // namespace

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_at(text, at);
    if (!sequence.good) return at;
    at += sequence.length;
  }
  return std::nullopt;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_at(text, at);
    if (sequence.good) {
      out.append(text, at, sequence.length);
    } else {
      append_utf8(out, U'\uFFFD');
    }
    at += sequence.length;
  }
  return out;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto add = [&](char32_t byte) {
    out += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xC0 | (code_point >> 6U));
    add(0x80 | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    add(0xE0 | (code_point >> 12U));
    add(0x80 | ((code_point >> 6U) & 0x3FU));
    add(0x80 | (code_point & 0x3FU));
  } else {
    add(0xF0 | (code_point >> 18U));
    add(0x80 | ((code_point >> 12U) & 0x3FU));
    add(0x80 | ((code_point >> 6U) & 0x3FU));
    add(0x80 | (code_point & 0x3FU));
  }
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !is_continuation(static_cast<unsigned char>(c));
  }));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace fairlead
