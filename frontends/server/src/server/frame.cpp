#include "server/frame.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace fairlead::server {
namespace {

constexpr std::string_view blank_line = "\r\n\r\n";
constexpr std::string_view length_name = "content-length:";

Error broken(const std::string& why) {
  return {Status::failed, "server.protocol", "A message of the background process " + why + '.'};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::size_t length_in(std::string_view header) {
  const auto words = lower(header);
  auto at = words.find(length_name);
  if (at == std::string::npos) throw broken("has no length");
  at += length_name.size();
  while (at < words.size() && words[at] == ' ') ++at;
  std::size_t length = 0;
  const auto read = std::from_chars(words.data() + at, words.data() + words.size(), length);
  if (read.ec != std::errc()) throw broken("has no length");
  if (length > FrameReader::most_text) throw broken("is too long");
  return length;
}

}  // namespace

std::string framed(std::string_view text) {
  return "Content-Length: " + std::to_string(text.size()) + std::string(blank_line) +
         std::string(text);
}

std::optional<std::string> FrameReader::next() {
  const auto end = buffer_.find(blank_line);
  if (end == std::string::npos) {
    if (buffer_.size() > most_header) throw broken("does not begin");
    return std::nullopt;
  }
  if (end > most_header) throw broken("does not begin");
  const auto length = length_in(std::string_view(buffer_).substr(0, end));
  const auto begin = end + blank_line.size();
  if (buffer_.size() < begin + length) return std::nullopt;
  auto text = buffer_.substr(begin, length);
  buffer_.erase(0, begin + length);
  return text;
}

}  // namespace fairlead::server
