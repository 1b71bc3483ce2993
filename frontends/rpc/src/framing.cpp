#include "framing.hpp"

#include <fairlead/error.hpp>

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace fairlead::rpc {
namespace {

constexpr std::string_view end_of_header = "\r\n\r\n";

[[noreturn]] void refuse(const std::string& why) {
  throw Error(Status::invalid, "rpc.frame", "What arrived is no message: " + why + '.',
              "Each message is \"Content-Length: N\", an empty line (both with CR LF), and N bytes "
              "of JSON.");
}

bool is_named(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         ::strncasecmp(line.data(), name.data(), name.size()) == 0;
}

std::size_t length_in(std::string_view line) {
  auto digits = line.substr(line.find(':') + 1);
  while (digits.starts_with(' ')) digits.remove_prefix(1);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    refuse("the length is no number");
  }
  if (length > FrameReader::largest_body) refuse("it is larger than 16 MiB");
  return length;
}

/// Other fields (Content-Type) are allowed and mean nothing.
std::size_t body_length(std::string_view header) {
  std::optional<std::size_t> length;
  while (!header.empty()) {
    const auto line = header.substr(0, header.find("\r\n"));
    header.remove_prefix(std::min(header.size(), line.size() + 2));
    if (line.find(':') == std::string_view::npos) refuse("a header line has no colon");
    if (is_named(line, "content-length")) length = length_in(line);
  }
  if (!length) refuse("its header has no Content-Length");
  return *length;
}

}  // namespace

std::optional<std::string> FrameReader::next() {
  const auto end = std::string_view(buffer_).substr(0, largest_header).find(end_of_header);
  if (end == std::string::npos) {
    if (buffer_.size() >= largest_header) refuse("its header does not end");
    return std::nullopt;
  }
  const auto length = body_length(std::string_view(buffer_).substr(0, end));
  const auto begin = end + end_of_header.size();
  if (buffer_.size() - begin < length) return std::nullopt;
  auto body = buffer_.substr(begin, length);
  buffer_.erase(0, begin + length);
  return body;
}

std::string frame(std::string_view body) {
  return "Content-Length: " + std::to_string(body.size()) + std::string(end_of_header) +
         std::string(body);
}

}  // namespace fairlead::rpc
