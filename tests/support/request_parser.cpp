#include "support/request_parser.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace fairlead::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string header(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ":");
  if (at == std::string::npos) return {};
  const auto begin = head.find_first_not_of(" \t", at + name.size() + 3);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

std::vector<std::string> RequestParser::feed(std::string_view bytes) {
  pending_ += bytes;
  std::vector<std::string> found;
  while (advance(found)) {
  }
  return found;
}

bool RequestParser::advance(std::vector<std::string>& found) {
  std::string line;
  switch (state_) {
    case State::head:
      return read_head(found);
    case State::chunk_size:
      return read_chunk_size();
    case State::body:
    case State::chunk:
      return skip_body();
    case State::trailer:
      if (!take_line(line)) return false;
      if (line.empty()) state_ = State::head;
      return true;
    case State::taken_over:
      pending_.clear();
      return false;
  }
  return false;
}

bool RequestParser::read_head(std::vector<std::string>& found) {
  const auto end = pending_.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string head = pending_.substr(0, end + 2);
  const std::string words = lower(head);
  found.push_back(head.substr(0, head.find(" HTTP/")));
  pending_.erase(0, end + 4);
  remaining_ = static_cast<std::size_t>(std::atoll(header(words, "content-length").c_str()));
  if (!header(words, "upgrade").empty()) {
    // Its body, if any, comes before the other protocol; nothing follows that we would count.
    state_ = State::taken_over;
  } else if (header(words, "transfer-encoding") == "chunked") {
    state_ = State::chunk_size;
  } else if (remaining_ > 0) {
    state_ = State::body;
  }
  return true;
}

bool RequestParser::take_line(std::string& line) {
  const auto end = pending_.find("\r\n");
  if (end == std::string::npos) return false;
  line = pending_.substr(0, end);
  pending_.erase(0, end + 2);
  return true;
}

bool RequestParser::read_chunk_size() {
  std::string line;
  if (!take_line(line)) return false;
  const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
  remaining_ = size + 2;  // with the line break behind it
  state_ = size == 0 ? State::trailer : State::chunk;
  return true;
}

bool RequestParser::skip_body() {
  const std::size_t size = std::min(remaining_, pending_.size());
  pending_.erase(0, size);
  remaining_ -= size;
  if (remaining_ > 0) return false;
  state_ = state_ == State::chunk ? State::chunk_size : State::head;
  return true;
}

}  // namespace fairlead::test
