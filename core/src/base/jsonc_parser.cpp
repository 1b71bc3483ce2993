#include "base/jsonc_parser.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <numeric>

namespace fairlead::jsonc {

namespace {

/// A line's text for people.
std::string shown(std::string_view line) {
  constexpr std::size_t longest_shown = 4096;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.size() > longest_shown) return {};  // nobody finds a caret in it
  std::string out = invalid_utf8(line) ? replace_invalid_utf8(line) : std::string(line);
  std::replace(out.begin(), out.end(), '\t', ' ');  // keeps the caret below its place
  return out;
}

}  // namespace

std::vector<SourceLocation> locations_of(std::string_view text,
                                         const std::vector<std::size_t>& offsets,
                                         const std::string& file) {
  std::vector<std::size_t> order(offsets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return offsets[a] < offsets[b]; });
  std::vector<SourceLocation> out(offsets.size());
  std::size_t begin = 0;  // of the line
  std::size_t at = 0;     // up to where characters are counted
  int line = 1;
  int column = 1;
  for (const std::size_t index : order) {
    const std::size_t offset = std::min(offsets[index], text.size());
    for (std::size_t end = text.find('\n', at); end < offset; end = text.find('\n', begin)) {
      at = begin = end + 1;
      column = 1;
      ++line;
    }
    column += static_cast<int>(count_characters(text.substr(at, offset - at)));
    at = offset;
    const std::string_view rest = text.substr(begin);
    out[index] = {file, line, column, shown(rest.substr(0, rest.find('\n')))};
  }
  return out;
}

SourceLocation location_of(std::string_view text, std::size_t offset, const std::string& file) {
  return locations_of(text, {offset}, file).front();
}

void Parser::fail(std::size_t offset, std::string message, std::string hint) const {
  throw Error(Status::invalid, "config.syntax", std::move(message), std::move(hint))
      .at(location_of(text_, offset, options_.file));
}

/// One fault a line: what follows on the same line is most often its consequence.
void Parser::note(std::size_t offset, std::string message, std::string hint) {
  auto& faults = options_.findings->faults;
  if (faults.size() >= JsoncFindings::limit) return;
  if (offset >= noted_line_.first && offset < noted_line_.second) return;
  const std::size_t before = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
  noted_line_ = {before + 1, std::min(text_.find('\n', offset), text_.size()) + 1};
  faults.push_back(Error(Status::invalid, "config.syntax", std::move(message), std::move(hint))
                       .at(location_of(text_, offset, options_.file)));
}

void Parser::note_repeated(const std::vector<std::pair<std::string, Json>>& members,
                           const std::vector<std::size_t>& offsets) const {
  std::unordered_map<std::string_view, int> seen;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (options_.findings->repeated.size() >= JsoncFindings::limit) return;
    if (seen[members[i].first]++ > 0) {
      options_.findings->repeated.push_back({members[i].first, offsets[i]});
    }
  }
}

/// The whole character at the cursor; empty at the end.
std::string_view Parser::character() const {
  std::size_t length = 1;
  while (at_ + length < text_.size() &&
         (static_cast<unsigned char>(text_[at_ + length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return text_.substr(std::min(at_, text_.size()), length);
}

/// What stands at the cursor, for messages.
std::string Parser::found() const {
  return at_end() ? "the end of the file" : "'" + std::string(character()) + "'";
}

void Parser::skip_comment() {
  const std::size_t begin = at_;
  if (peek_next() == '/') {
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    return;
  }
  const std::size_t end = text_.find("*/", at_ + 2);
  if (end == std::string_view::npos) fault(begin, "this comment is never closed", "add '*/'");
  at_ = end == std::string_view::npos ? text_.size() : end + 2;
}

void Parser::skip_blanks() {
  while (!at_end()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '/' && (peek_next() == '/' || peek_next() == '*')) {
      skip_comment();
    } else {
      return;
    }
  }
}

/// Lenient reading: over one thing that is no JSON.
void Parser::skip_word() {
  constexpr std::string_view ends = " \t\r\n{}[],:\"";
  ++at_;
  while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) ++at_;
}

/// Lenient reading: to the next place where a member or item may begin or end.
void Parser::skip_to_separator() {
  for (skip_blanks(); !at_end(); skip_blanks()) {
    const char c = peek();
    if (c == ',' || c == '}' || c == ']') return;
    if (c == '"') {
      string();
    } else {
      skip_word();
    }
  }
}

std::optional<Json> Parser::document() {
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  if (const auto bad = invalid_utf8(text_))
    fail(*bad, "this byte is not UTF-8", "save the file as UTF-8");
  skip_blanks();
  if (at_end()) return std::nullopt;
  std::optional<Json> root = value(0);
  if (!root) {
    fault(at_, "expected a value instead of " + found());
    return std::nullopt;
  }
  skip_blanks();
  if (!at_end()) fault(at_, "unexpected " + found() + " behind the configuration's end");
  return root;
}

void require_bounds(std::string_view text, std::size_t at, int depth, std::size_t values,
                    const std::string& file) {
  // No person writes that many, and each costs much more memory than text.
  constexpr std::size_t most_values = 100'000;
  const bool too_many = values > most_values;
  if (!too_many && depth <= jsonc_depth_limit) return;
  throw Error(Status::invalid, too_many ? "config.too_large" : "config.depth",
              too_many
                  ? "there are more than " + std::to_string(most_values) + " values here"
                  : "values stand more than " + std::to_string(jsonc_depth_limit) + " levels deep")
      .at(location_of(text, at, file));
}

std::optional<Json> Parser::value(int depth) {
  if (recorder_ != nullptr) recorder_->enter_value(at_);
  const char c = peek();
  const bool opens = c == '{' || c == '[';
  require_bounds(text_, at_, opens ? depth + 1 : depth, ++values_, options_.file);
  if (opens) return c == '{' ? object(depth + 1) : array(depth + 1);
  if (c == '"') return Json(string());
  if (c == '-' || (c >= '0' && c <= '9')) return number();
  return word();
}

/// Between members or items: true when one may follow, false at the end.
bool Parser::separator(char close, bool& need_comma, std::size_t open) {
  for (bool comma = false;;) {
    skip_blanks();
    if (at_end()) {
      fault(open, std::string("this '") + text_[open] + "' is never closed",
            std::string("add '") + close + "'");
      return false;
    }
    if (peek() == close) {
      if (comma && !options_.trailing_commas) fault(at_, "nothing follows the ','");
      ++at_;
      return false;
    }
    if (peek() == ',') {
      if (!need_comma) fault(at_, "unexpected ','");
      need_comma = false;
      comma = true;
      ++at_;
      continue;
    }
    if (need_comma) {
      fault(at_, std::string("expected ',' or '") + close + "' instead of " + found());
    }
    need_comma = true;
    return true;
  }
}

bool Parser::member(std::vector<std::pair<std::string, Json>>& members, int depth) {
  const std::size_t name_at = at_;
  if (peek() != '"') {
    fault(at_, "expected a property name in double quotes instead of " + found());
    skip_to_separator();
    // A bracket that nothing opened would otherwise stop us for ever.
    if (peek() == ']') ++at_;
    return false;
  }
  std::string name = string();
  skip_blanks();
  if (peek() != ':') {
    fault(at_, "expected ':' behind the property name instead of " + found());
    skip_to_separator();
    return false;
  }
  ++at_;
  skip_blanks();
  if (recorder_ != nullptr) recorder_->enter_member(name, name_at);
  std::optional<Json> read = value(depth);
  if (recorder_ != nullptr) recorder_->leave();
  if (!read) {
    fault(at_, "expected a value instead of " + found());
    skip_to_separator();
    return false;
  }
  members.emplace_back(std::move(name), std::move(*read));
  return true;
}

Json make_object(std::vector<std::pair<std::string, Json>> members) {
  Json result = Json::object();
  auto& target = result.get_ref<Json::object_t&>();
  target.reserve(members.size());
  // ordered_json looks names up one by one; a table keeps large objects linear.
  constexpr std::size_t small = 16;
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<std::pair<std::string, Json>*> order;
  order.reserve(members.size());
  for (auto& member : members) {
    std::size_t place = order.size();
    if (members.size() <= small) {
      for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i]->first == member.first) place = i;
      }
    } else {
      place = places.emplace(member.first, order.size()).first->second;
    }
    if (place == order.size()) {
      order.push_back(&member);
    } else {
      order[place]->second = std::move(member.second);
    }
  }
  for (auto* member : order) {
    target.emplace_back(std::move(member->first), std::move(member->second));
  }
  return result;
}

Json Parser::object(int depth) {
  const std::size_t open = at_++;
  std::vector<std::pair<std::string, Json>> members;
  bool need_comma = false;
  if (options_.findings == nullptr) {
    while (separator('}', need_comma, open)) member(members, depth);
    return make_object(std::move(members));
  }
  std::vector<std::size_t> offsets;
  while (separator('}', need_comma, open)) {
    const std::size_t begin = at_;
    if (member(members, depth)) offsets.push_back(begin);
  }
  note_repeated(members, offsets);
  return make_object(std::move(members));
}

Json Parser::array(int depth) {
  const std::size_t open = at_++;
  Json result = Json::array();
  bool need_comma = false;
  while (separator(']', need_comma, open)) {
    if (recorder_ != nullptr) recorder_->enter_item(result.size(), at_);
    std::optional<Json> item = value(depth);
    if (recorder_ != nullptr) recorder_->leave();
    if (item) {
      result.push_back(std::move(*item));
    } else {
      fault(at_, "expected a value instead of " + found());
      skip_to_separator();
      if (peek() == '}') return result;  // the enclosing object's end
    }
  }
  return result;
}

}  // namespace fairlead::jsonc
