#include "features/dockerfile_text.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace fairlead {
namespace {

// Takes the next line off `rest`, its end included.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

// "# name = value" gives the name in lower case; anything else ends the directives.
std::string directive_name(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string name = to_lower(trim(line.substr(1, equals - 1)));
  const bool letters =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return letters ? name : std::string();
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view blanks = " \t\r\n";
  for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

// The stage's name in lower case; empty: unnamed.
std::string stage_name(const std::vector<std::string_view>& words) {
  for (std::size_t i = 2; i + 1 < words.size(); ++i) {
    if (to_lower(words[i]) == "as") return to_lower(words[i + 1]);
  }
  return {};
}

}  // namespace

std::string dockerfile_quoted(std::string_view text, bool expand, char escape) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += std::string("${") + newline_argument + "}";
      continue;
    }
    if (c == '"' || c == escape || (c == '$' && !expand)) result += escape;
    result += c;
  }
  return result + "\"";
}

bool is_environment_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' &&
           std::string_view("=\"'\\`$#").find(c) == std::string_view::npos;
  });
}

std::string metadata_label_lines(std::string_view metadata, char escape) {
  auto entries = nlohmann::ordered_json::parse(metadata, nullptr, false);
  if (entries.is_object()) entries = nlohmann::ordered_json::array({entries});
  if (!entries.is_array()) {
    throw Error(Status::invalid, "features.label", "the image metadata is not a JSON array");
  }
  const std::string line_end = std::string(" ") + escape + "\n";
  std::string text = "LABEL devcontainer.metadata=\"[" + line_end;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string quoted = dockerfile_quoted(json_text(entries[i]), false, escape);
    text += quoted.substr(1, quoted.size() - 2) + (i + 1 < entries.size() ? "," : "") + line_end;
  }
  return text + "]\"\n";
}

DockerfileParts split_directives(std::string_view text, bool omit_syntax) {
  DockerfileParts parts;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view line = take_line(rest);
    const std::string name = directive_name(line);
    if (name.empty()) {
      rest = before;
      break;
    }
    if (name == "escape" && trim(line).ends_with('`')) parts.escape = '`';
    if (name == "syntax" && omit_syntax) continue;
    parts.directives += line;
    if (!line.ends_with('\n')) parts.directives += '\n';
  }
  parts.body = rest;
  return parts;
}

std::string cut_after_stage(std::string_view body, std::string_view stage, char escape) {
  const std::string wanted = to_lower(stage);
  std::string_view rest = body;
  bool found = false;
  bool continued = false;
  while (!rest.empty()) {
    const std::size_t begin = body.size() - rest.size();
    const std::string_view line = take_line(rest);
    const std::string_view content = trim(line);
    if (content.starts_with('#')) continue;  // also in the middle of an instruction
    if (!continued) {
      const auto words = words_of(line);
      if (!words.empty() && to_lower(words.front()) == "from") {
        if (found) return std::string(body.substr(0, begin));
        found = stage_name(words) == wanted;
      }
    }
    continued = content.ends_with(escape);
  }
  return std::string(body);
}

}  // namespace fairlead
