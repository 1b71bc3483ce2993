#include "utf8.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

constexpr Utf8Step bad_byte{0xFFFD, 1, false};

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

std::size_t length_by_lead(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

bool in_range(char32_t code, std::size_t size) {
  if (size == 3) return code >= 0x800 && (code < 0xD800 || code > 0xDFFF);
  return size != 4 || (code >= 0x10000 && code <= 0x10FFFF);
}

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_zero_width(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x300 && c <= 0x36F) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}

std::size_t width_of(char32_t code) {
  if (is_zero_width(code)) return 0;
  return is_wide(code) ? 2 : 1;
}

std::size_t csi_length(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i < text.size() && text[i] >= 0x30 && text[i] <= 0x3F) ++i;
  while (i < text.size() && text[i] >= 0x20 && text[i] <= 0x2F) ++i;
  return i < text.size() && text[i] >= 0x40 && text[i] <= 0x7E ? i + 1 : 0;
}

std::size_t osc_length(std::string_view text) {
  for (std::size_t i = 2; i < text.size(); ++i) {
    if (text[i] == '\a') return i + 1;
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
  }
  return 0;
}

}  // namespace

Utf8Step next_utf8(std::string_view text) {
  const unsigned lead = byte_at(text, 0);
  const std::size_t size = length_by_lead(lead);
  if (size == 1) return {lead, 1, true};
  if (size == 0 || size > text.size()) return bad_byte;
  char32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return bad_byte;
    code = (code << 6) | (byte_at(text, i) & 0x3FU);
  }
  return in_range(code, size) ? Utf8Step{code, size, true} : bad_byte;
}

std::size_t escape_length(std::string_view text) {
  if (text.starts_with("\x1b[")) return csi_length(text, 2);
  if (text.starts_with("\xC2\x9B")) return csi_length(text, 2);
  return text.starts_with("\x1b]") ? osc_length(text) : 0;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t escape = escape_length(text);
    const Utf8Step step = next_utf8(text);
    if (escape == 0) width += width_of(step.code);
    text.remove_prefix(escape == 0 ? step.size : escape);
  }
  return width;
}

std::string fit_width(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Utf8Step step = next_utf8(text.substr(bytes));
    const std::size_t width = width_of(step.code);
    if (width > columns) break;
    columns -= width;
    bytes += step.size;
  }
  return std::string(text.substr(0, bytes));
}

std::string without_escapes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t escape = escape_length(text);
    if (escape == 0) result += text.front();
    text.remove_prefix(std::max<std::size_t>(escape, 1));
  }
  return result;
}

}  // namespace fairlead::cli
