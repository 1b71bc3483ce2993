#include "base/jsonc.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

/// The location of byte `offset` in `text`.
SourceLocation location_of(std::string_view text, std::size_t offset, const std::string& file) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);

  SourceLocation where;
  where.file = file;
  where.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  where.column = 1 + static_cast<int>(count_characters(text.substr(begin, offset - begin)));
  where.text = invalid_utf8(line) ? replace_invalid_utf8(line) : std::string(line);
  std::replace(where.text.begin(), where.text.end(), '\t', ' ');  // keeps the caret below its place
  return where;
}

/// Where each value and each member name begins, by JSON pointer.
class Recorder {
 public:
  struct Place {
    std::size_t value = 0;
    std::size_t name = 0;
  };

  void enter_value(std::size_t offset) { places_[pointer_].value = offset; }
  void enter_member(std::string_view name, std::size_t offset) {
    lengths_.push_back(pointer_.size());
    pointer_ += pointer_token(name);
    places_[pointer_] = {offset, offset};
  }
  void enter_item(std::size_t index, std::size_t offset) {
    enter_member(std::to_string(index), offset);
  }
  void leave() {
    pointer_.resize(lengths_.back());
    lengths_.pop_back();
  }

  /// The nearest enclosing place that is known; the root always is.
  Place find(std::string pointer) const {
    for (;;) {
      const auto found = places_.find(pointer);
      if (found != places_.end()) return found->second;
      const std::size_t slash = pointer.rfind('/');
      if (slash == std::string::npos) return {};
      pointer.resize(slash);
    }
  }

 private:
  std::string pointer_;
  std::vector<std::size_t> lengths_;
  std::unordered_map<std::string, Place> places_;
};

class Parser {
 public:
  Parser(std::string_view text, const JsoncOptions& options, Recorder* recorder)
      : text_(text), options_(options), recorder_(recorder) {}

  std::optional<Json> document();

 private:
  [[noreturn]] void fail(std::size_t offset, std::string message, std::string hint = {}) const;
  /// A fault that lenient reading steps over.
  void fault(std::size_t offset, std::string message, std::string hint = {}) const {
    if (!options_.lenient) fail(offset, std::move(message), std::move(hint));
  }

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char peek_next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  std::string found() const;

  void skip_blanks();
  void skip_comment();
  void skip_word();
  void skip_to_separator();

  std::optional<Json> value(int depth);
  Json object(int depth);
  Json array(int depth);
  bool member(std::vector<std::pair<std::string, Json>>& members, int depth);
  bool separator(char close, bool& need_comma, std::size_t open);
  std::optional<Json> number();
  std::optional<Json> word();
  std::string string();
  void escape(std::string& out);
  std::optional<char32_t> hex4();

  std::string_view text_;
  const JsoncOptions& options_;
  Recorder* recorder_;
  std::size_t at_ = 0;
};

void Parser::fail(std::size_t offset, std::string message, std::string hint) const {
  throw Error(Status::invalid, "config.syntax", std::move(message), std::move(hint))
      .at(location_of(text_, offset, options_.file));
}

/// What stands at the cursor, for messages.
std::string Parser::found() const {
  if (at_end()) return "the end of the file";
  std::size_t length = 1;
  while (at_ + length < text_.size() &&
         (static_cast<unsigned char>(text_[at_ + length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return "'" + std::string(text_.substr(at_, length)) + "'";
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

std::optional<Json> Parser::value(int depth) {
  if (recorder_ != nullptr) recorder_->enter_value(at_);
  const char c = peek();
  if (c == '{' || c == '[') {
    if (depth >= jsonc_depth_limit) {
      throw Error(Status::invalid, "config.depth",
                  "values stand more than " + std::to_string(jsonc_depth_limit) + " levels deep")
          .at(location_of(text_, at_, options_.file));
    }
    return c == '{' ? object(depth + 1) : array(depth + 1);
  }
  if (c == '"') return Json(string());
  if (c == '-' || (c >= '0' && c <= '9')) return number();
  return word();
}

/// Between members or items: true when one may follow, false at the end.
bool Parser::separator(char close, bool& need_comma, std::size_t open) {
  for (;;) {
    skip_blanks();
    if (at_end()) {
      fault(open, std::string("this '") + text_[open] + "' is never closed",
            std::string("add '") + close + "'");
      return false;
    }
    if (peek() == close) {
      ++at_;
      return false;
    }
    if (peek() == ',') {
      if (!need_comma) fault(at_, "unexpected ','");
      need_comma = false;
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

/// Members into an object; of equal names the last value at the first place.
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
  while (separator('}', need_comma, open)) member(members, depth);
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
  bool integer = true;
  if (peek() == '-') ++at_;
  const std::size_t first = at_;
  good = digits() > 0 && (text_[first] != '0' || at_ == first + 1);
  if (peek() == '.') {
    integer = false;
    ++at_;
    good = digits() > 0 && good;
  }
  if (peek() == 'e' || peek() == 'E') {
    integer = false;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    good = digits() > 0 && good;
  }
  if (!good) {
    fault(begin, "'" + std::string(text_.substr(begin, at_ - begin)) + "' is no JSON number");
    return std::nullopt;
  }
  const char* from = text_.data() + begin;
  const char* to = text_.data() + at_;
  constexpr double exact = 9007199254740992.0;  // 2^53: JavaScript's integers are doubles
  double value = 0;
  const auto end = std::from_chars(from, to, value);
  if (end.ec == std::errc::result_out_of_range) {
    const bool tiny = text_.substr(begin, at_ - begin).find('-', 1) != std::string_view::npos;
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    if (!tiny) fault(begin, "this number is too large");
  }
  if ((integer || value == std::floor(value)) && std::fabs(value) <= exact) {
    return Json(static_cast<std::int64_t>(value));
  }
  return Json(value);
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

/// The cursor stands behind the backslash.
void Parser::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  const std::size_t begin = at_ - 1;
  const char c = peek();
  if (c == '\0' || c == '\n' || c == '\r') return;  // the string's end reports it
  ++at_;
  const std::size_t index = letters.find(c);
  if (index != std::string_view::npos) {
    out += values[index];
    return;
  }
  const auto code = c == 'u' ? hex4() : std::nullopt;
  if (!code)
    return fault(begin, std::string("'\\") + c + "' is no escape of JSON",
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

}  // namespace

std::optional<Json> read_jsonc(std::string_view text, const JsoncOptions& options) {
  if (options.lenient && invalid_utf8(text)) {
    const std::string repaired = replace_invalid_utf8(text);
    return Parser(repaired, options, nullptr).document();
  }
  return Parser(text, options, nullptr).document();
}

SourceMap::SourceMap(std::string text, JsoncOptions options)
    : text_(std::move(text)), options_(std::move(options)) {
  if (options_.lenient && invalid_utf8(text_)) text_ = replace_invalid_utf8(text_);
}

std::vector<SourceLocation> SourceMap::locate(const std::vector<std::string>& pointers,
                                              bool names) const {
  Recorder recorder;
  Parser(text_, options_, &recorder).document();
  std::vector<SourceLocation> out;
  out.reserve(pointers.size());
  for (const auto& pointer : pointers) {
    const auto place = recorder.find(pointer);
    out.push_back(location_of(text_, names ? place.name : place.value, options_.file));
  }
  return out;
}

std::string pointer_token(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace fairlead
