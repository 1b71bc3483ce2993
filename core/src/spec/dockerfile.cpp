#include "spec/dockerfile.hpp"

#include "base/text.hpp"
#include "spec/dockerfile_words.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

constexpr std::string_view added_stage_name = "dev_container_auto_added_stage_label";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// One line of the file, without its end.
struct Line {
  std::string_view text;
  std::size_t end = 0;   ///< offset behind the text
  std::size_t next = 0;  ///< offset of the next line
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t newline = text.find('\n', at);
  const std::size_t next = newline == std::string_view::npos ? text.size() : newline + 1;
  std::size_t end = newline == std::string_view::npos ? text.size() : newline;
  while (end > at && is_blank(text[end - 1])) --end;
  return {text.substr(at, end - at), end, next};
}

bool is_comment(std::string_view line) {
  const std::string_view text = trim(line);
  return !text.empty() && text.front() == '#';
}

/// An instruction with its continued lines joined.
struct Instruction {
  std::string text;
  std::size_t end = 0;
  std::size_t next = 0;
};

/// From the line at `at` to the one that is not continued; blank lines and comments between count
/// as continued.
Instruction instruction_at(std::string_view text, std::size_t at, char escape) {
  Instruction out;
  while (at < text.size()) {
    const Line line = line_at(text, at);
    at = out.next = line.next;
    if (!out.text.empty() && (line.text.empty() || is_comment(line.text))) continue;
    out.end = line.end;
    if (line.text.empty() || line.text.back() != escape) {
      out.text += line.text;
      return out;
    }
    out.text.append(line.text, 0, line.text.size() - 1);
    out.text += ' ';
  }
  return out;
}

/// The delimiters of `<<EOF`, `<<-"EOF"`: what follows is data until each of them stood alone.
std::vector<std::pair<std::string, bool>> heredocs_of(std::string_view text) {
  std::vector<std::pair<std::string, bool>> out;
  for (std::size_t at = text.find("<<"); at != std::string_view::npos; at = text.find("<<", at)) {
    at += 2;
    const bool strip_tabs = at < text.size() && text[at] == '-';
    if (strip_tabs) ++at;
    const bool quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
    if (quoted) ++at;
    std::size_t end = at;
    const auto is_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.' || c == '-';
    };
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > at) out.emplace_back(text.substr(at, end - at), strip_tabs);
    at = end;
  }
  return out;
}

std::size_t skip_heredocs(std::string_view text, std::size_t at, std::string_view instruction) {
  for (const auto& [word, strip_tabs] : heredocs_of(instruction)) {
    while (at < text.size()) {
      const std::size_t newline = std::min(text.find('\n', at), text.size());
      std::string_view line = text.substr(at, newline - at);
      at = std::min(newline + 1, text.size());
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      while (strip_tabs && !line.empty() && line.front() == '\t') line.remove_prefix(1);
      if (line == word) break;
    }
  }
  return at;
}

/// `# key=value` lines stand at the very beginning, before anything else.
std::size_t read_directives(std::string_view text, Dockerfile& out) {
  std::size_t at = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  while (at < text.size()) {
    const Line line = line_at(text, at);
    if (!is_comment(line.text)) break;
    const std::string_view body = trim(trim(line.text).substr(1));
    const std::size_t equals = body.find('=');
    if (equals == std::string_view::npos) break;
    const std::string key = to_lower(trim(body.substr(0, equals)));
    const std::string_view value = trim(body.substr(equals + 1));
    if (key.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos) break;
    if (key == "syntax") out.syntax = value;
    if (key == "escape" && value.size() == 1) out.escape = value[0];
    at = line.next;
  }
  return at;
}

DockerfileStage read_from(std::string_view arguments, char escape) {
  DockerfileStage stage;
  std::vector<std::string> words = dockerfile::split_words(arguments, escape);
  while (!words.empty() && words.front().compare(0, 2, "--") == 0) {
    constexpr std::string_view platform = "--platform=";
    if (words.front().compare(0, platform.size(), platform) == 0) {
      stage.platform = words.front().substr(platform.size());
    }
    words.erase(words.begin());
  }
  if (!words.empty()) stage.image = words[0];
  if (words.size() >= 3 && to_lower(words[1]) == "as") stage.name = words[2];
  return stage;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool has_heredocs(std::string_view name) {
  return name == "RUN" || name == "COPY" || name == "ADD";
}

void add_instruction(Dockerfile& file, const Instruction& read, std::string name,
                     std::string_view arguments) {
  if (name == "FROM") {
    auto stage = read_from(arguments, file.escape);
    if (stage.image.empty()) return;  // no builder takes it; to the reference it is none
    file.stages.push_back(std::move(stage));
    file.last_from_end = read.end;
  } else if (name == "ARG" || name == "ENV" || name == "USER") {
    auto& list = file.stages.empty() ? file.preamble : file.stages.back().instructions;
    list.push_back({std::move(name), std::string(arguments)});
  }
}

}  // namespace

Dockerfile read_dockerfile(std::string_view text) {
  Dockerfile out;
  out.text = text;
  for (std::size_t at = read_directives(text, out); at < text.size();) {
    const Line line = line_at(text, at);
    if (line.text.empty() || is_comment(line.text)) {
      at = line.next;
      continue;
    }
    const Instruction read = instruction_at(text, at, out.escape);
    const std::string_view body = trim(read.text);
    const std::size_t space = std::min(body.find_first_of(" \t\r\f\v"), body.size());
    std::string name = upper(body.substr(0, space));
    at = has_heredocs(name) ? skip_heredocs(text, read.next, body) : read.next;
    add_instruction(out, read, std::move(name), trim(body.substr(space)));
  }
  if (out.stages.empty()) {
    throw Error(Status::invalid, "dockerfile.no_from",
                "Error parsing Dockerfile: Dockerfile contains no FROM instructions");
  }
  return out;
}

NamedStage name_last_stage(const Dockerfile& file) {
  const std::string& name = file.stages.back().name;
  if (!name.empty()) return {file.text, name};
  std::string text = file.text;
  text.insert(file.last_from_end, " AS " + std::string(added_stage_name));
  return {std::move(text), std::string(added_stage_name)};
}

}  // namespace fairlead
