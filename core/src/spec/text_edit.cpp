#include "spec/text_edit.hpp"

#include "base/jsonc.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead::text_edit {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Behind the value at `at`; brackets are counted, so depth costs no stack.
std::size_t skip_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
    } else if (c == '/' || is_blank(c)) {
      const std::size_t next = skip_blanks(text, at);
      at = next == at ? at + 1 : next;
      continue;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      --depth;
      ++at;
    } else if (c == ',' || c == ':') {
      ++at;
    } else {
      at = std::min(text.find_first_of(" \t\r\n,:]}/", at), text.size());
    }
    if (depth == 0) return at;
  }
  return at;
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

/// A quoted name's text.
std::string unescaped(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    return std::string(quoted.substr(1, quoted.size() - 2));
  }
  const auto read = read_jsonc(quoted, {.file = {}, .lenient = true});
  return read && read->is_string() ? read->get<std::string>() : std::string(quoted);
}

bool only_blanks(std::string_view text, std::size_t begin, std::size_t end) {
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                     text.begin() + static_cast<std::ptrdiff_t>(end), is_blank);
}

/// The blanks before `at` on its line; nullopt: something else stands there.
std::optional<std::string> indentation(std::string_view text, std::size_t at) {
  const std::size_t begin = line_begin(text, at);
  if (!only_blanks(text, begin, at)) return std::nullopt;
  return std::string(text.substr(begin, at - begin));
}

std::string indented(std::string_view value, const std::string& by) {
  std::string out;
  for (const char c : value) {
    out += c;
    if (c == '\n') out += by;
  }
  return out;
}

}  // namespace

std::string leading_blanks(std::string_view text, std::size_t at) {
  const std::size_t begin = line_begin(text, at);
  std::size_t end = begin;
  while (end < at && (text[end] == ' ' || text[end] == '\t')) ++end;
  return std::string(text.substr(begin, end - begin));
}

const Member* Object::find(std::string_view name) const {
  // Of repeated names the last one counts.
  const auto found = std::find_if(members.rbegin(), members.rend(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members.rend() ? nullptr : &*found;
}

std::optional<Object> object_at(std::string_view text, std::size_t at) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (at == 0 && text.substr(0, 3) == byte_order_mark) at = 3;
  at = skip_blanks(text, at);
  if (at >= text.size() || text[at] != '{') return std::nullopt;
  Object out;
  out.open = at;
  at = skip_blanks(text, at + 1);
  while (at < text.size() && text[at] == '"') {
    Member one;
    one.begin = at;
    at = skip_string(text, at);
    one.name = unescaped(text.substr(one.begin, at - one.begin));
    at = skip_blanks(text, at);
    one.value = skip_blanks(text, std::min(at + 1, text.size()));
    one.end = skip_value(text, one.value);
    at = skip_blanks(text, one.end);
    if (at < text.size() && text[at] == ',') {
      one.comma = at;
      at = skip_blanks(text, at + 1);
    }
    out.members.push_back(std::move(one));
  }
  out.close = at;
  return out;
}

std::vector<std::size_t> string_values(std::string_view text) {
  std::vector<std::size_t> out;
  for (std::size_t at = skip_blanks(text, 0); at < text.size(); at = skip_blanks(text, at)) {
    if (text[at] != '"') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    at = skip_string(text, at);
    const std::size_t next = skip_blanks(text, at);
    if (next >= text.size() || text[next] != ':') out.push_back(begin);
  }
  return out;
}

void remove_member(std::string& text, const Object& object, const Member& member) {
  std::size_t begin = member.begin;
  std::size_t end = member.comma ? *member.comma + 1 : member.end;
  // The comma before it would be left behind otherwise.
  const bool last = &member == &object.members.back();
  if (last && !member.comma && object.members.size() > 1) {
    const Member& before = object.members[object.members.size() - 2];
    text.erase(*before.comma, 1);
    --begin;
    --end;
  }
  const std::size_t line = line_begin(text, begin);
  const std::size_t newline = text.find('\n', end);
  const std::size_t line_end = newline == std::string::npos ? text.size() : newline;
  if (line > 0 && only_blanks(text, line, begin) && only_blanks(text, end, line_end)) {
    begin = line;
    end = std::min(line_end + 1, text.size());
  } else if (text[begin - 1] == ' ' && end < text.size() && text[end] == ' ') {
    ++end;
  }
  text.erase(begin, end - begin);
}

void append_member(std::string& text, const Object& object, std::string_view name,
                   std::string_view value) {
  const auto quoted = '"' + std::string(name) + "\": ";
  if (object.members.empty()) {
    const auto outer = leading_blanks(text, object.close);
    const std::string member = "\n" + outer + "  " + quoted + indented(value, outer + "  ") + '\n';
    text.replace(object.open + 1, object.close - object.open - 1, member + outer);
    return;
  }
  const Member& last = object.members.back();
  const auto own_line = indentation(text, last.begin);
  const std::string gap = own_line ? "\n" + *own_line : " ";
  const std::string member = quoted + indented(value, own_line.value_or(""));
  // A trailing comma stays one.
  if (last.comma) {
    text.insert(*last.comma + 1, gap + member + ",");
  } else {
    text.insert(last.end, "," + gap + member);
  }
}

}  // namespace fairlead::text_edit
