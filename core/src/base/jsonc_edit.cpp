#include "base/jsonc_edit.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace fairlead {
namespace {

// The places of one object's parts; offsets into the text.
struct Member {
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
  std::string_view name;  ///< as written, quotes included
};

struct Object {
  std::size_t open = 0;  ///< of '{'
  std::size_t close = 0;
  std::vector<Member> members;
};

// Walks over a document that has been read before, so it need not judge it.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  bool ended() const { return at_ >= text_.size(); }
  char here() const { return ended() ? '\0' : text_[at_]; }

  void skip_blanks() {
    while (!ended()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_).starts_with("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (std::string_view(" \t\r\n\xEF\xBB\xBF").find(here()) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  void skip_string() {
    ++at_;
    while (!ended() && here() != '"') at_ += here() == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_value() {
    int depth = 0;
    do {
      skip_blanks();
      const char c = here();
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      const bool scalar = std::string_view("{}[],:").find(c) == std::string_view::npos;
      ++at_;
      while (scalar && !ended() &&
             std::string_view(" \t\r\n,:{}[]/").find(here()) == std::string_view::npos) {
        ++at_;
      }
    } while (depth > 0 && !ended());
  }

  std::optional<Object> object() {
    skip_blanks();
    if (here() != '{') return std::nullopt;
    Object object{.open = at_++, .close = 0, .members = {}};
    for (skip_blanks(); !ended() && here() != '}'; skip_blanks()) {
      if (here() != '"') {
        ++at_;
        continue;
      }
      const std::size_t name = at_;
      skip_string();
      Member member{.value_begin = 0, .value_end = 0, .name = text_.substr(name, at_ - name)};
      skip_blanks();
      if (here() == ':') ++at_;
      skip_blanks();
      member.value_begin = at_;
      skip_value();
      member.value_end = at_;
      object.members.push_back(member);
    }
    object.close = at_;
    return object;
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

std::string line_end_of(std::string_view text) {
  return text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

const Member* find_member(const Object& object, const std::string& name) {
  const std::string quoted = json_quoted(name);
  for (const Member& member : object.members) {
    if (member.name == quoted) return &member;
  }
  return nullptr;
}

bool spans_lines(std::string_view text, std::size_t begin, std::size_t end) {
  return text.substr(begin, end - begin).find('\n') != std::string_view::npos;
}

// The value over several lines, the first of them at `depth`.
std::string pretty(const std::string& value, std::size_t depth, const JsoncStyle& style,
                   const std::string& line_end) {
  const auto json = nlohmann::ordered_json::parse(value, nullptr, false);
  if (json.is_discarded()) return value;
  const std::string lines = json.dump(1, '\t');
  std::string result;
  for (const auto line : split(lines, '\n')) {
    const std::size_t level = line.find_first_not_of('\t');
    if (!result.empty()) result += line_end + repeated(style.indent, depth + level);
    result += line.substr(level);
  }
  return result;
}

// Gives the line around `at` whole levels and says how many; `at` moves with the text.
std::size_t level_line(std::string& text, std::size_t& at, const JsoncStyle& style) {
  // npos + 1 is the beginning; a line end at `at` itself does not count.
  const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  std::size_t blanks = 0;
  std::size_t width = 0;
  for (; text[line + blanks] == ' ' || text[line + blanks] == '\t'; ++blanks) {
    width += text[line + blanks] == '\t' ? style.blanks_per_level : 1;
  }
  const std::size_t level = width / style.blanks_per_level;
  const std::string indent = repeated(style.indent, level);
  text.replace(line, blanks, indent);
  at = at - blanks + indent.size();
  return level;
}

// `depth` is that of the new member's line.
std::string inserted(std::string text, const Object& object, const JsoncMember& member,
                     std::size_t depth, const JsoncStyle& style) {
  const std::string end = line_end_of(text);
  const bool first = object.members.empty();
  const bool closed_apart = spans_lines(text, object.open, object.close);
  std::size_t at = first ? object.open : object.members.back().value_end;
  if (style.blanks_per_level != 0) depth = level_line(text, at, style) + (first ? 1 : 0);
  const std::string line = end + repeated(style.indent, depth) + json_quoted(member.name) + ": " +
                           pretty(member.value, depth, style, end);
  if (!first) return text.insert(at, ',' + line);
  return text.insert(at + 1, line + (closed_apart ? "" : end + repeated(style.indent, depth - 1)));
}

std::string set_member(std::string text, std::size_t object_at, const JsoncMember& member,
                       std::size_t depth, const JsoncStyle& style) {
  const auto object = Scanner(text, object_at).object();
  if (!object) return text;
  if (const Member* there = find_member(*object, member.name)) {
    return text.replace(there->value_begin, there->value_end - there->value_begin,
                        pretty(member.value, depth, style, line_end_of(text)));
  }
  return inserted(std::move(text), *object, member, depth, style);
}

std::string set_at(std::string text, const std::vector<std::string>& path,
                   const JsoncMember& member, const JsoncStyle& style) {
  Scanner start(text);
  start.skip_blanks();
  std::size_t at = start.at();
  std::size_t depth = 1;
  for (const std::string& name : path) {
    const Object object = *Scanner(text, at).object();
    const Member* there = find_member(object, name);
    if (there == nullptr || text[there->value_begin] != '{') return text;
    at = there->value_begin;
    ++depth;
  }
  return set_member(std::move(text), at, member, depth, style);
}

}  // namespace

std::string set_jsonc_members(std::string_view text, const std::vector<std::string>& path,
                              const std::vector<JsoncMember>& members, const JsoncStyle& style) {
  std::string result(text);
  Scanner start(result);
  start.skip_blanks();
  if (start.here() != '{') return result;
  std::vector<std::string> parent;
  for (const std::string& name : path) {
    std::size_t at = start.at();
    for (const std::string& step : parent) {
      const Object object = *Scanner(result, at).object();
      at = find_member(object, step)->value_begin;
    }
    const auto object = Scanner(result, at).object();
    if (!object) return result;
    if (find_member(*object, name) == nullptr) {
      result = set_at(std::move(result), parent, {.name = name, .value = "{}"}, style);
    }
    parent.push_back(name);
  }
  for (const JsoncMember& member : members) {
    result = set_at(std::move(result), path, member, style);
  }
  return result;
}

std::string jsonc_indent(std::string_view text) {
  const auto object = Scanner(text).object();
  if (!object || object->members.empty()) return "  ";
  const std::size_t name =
      static_cast<std::size_t>(object->members.front().name.data() - text.data());
  const auto line = text.rfind('\n', name);
  if (line == std::string_view::npos) return "  ";
  const std::string_view before = text.substr(line + 1, name - line - 1);
  const bool blank = before.find_first_not_of(" \t") == std::string_view::npos;
  return blank && !before.empty() ? std::string(before) : "  ";
}

}  // namespace fairlead
