#include "ignore_file.hpp"

#include <algorithm>
#include <filesystem>

namespace fairlead::engine {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// "./a//b/../c/" is "a/c".
std::string cleaned(std::string_view pattern) {
  auto path = std::filesystem::path(pattern).lexically_normal().generic_string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path.size() > 1 && path.starts_with('/')) path.erase(0, 1);
  return path;
}

/// Consumes "[…]" of the pattern; sets whether `c` is in it. False: no closing bracket.
bool take_class(std::string_view& pattern, char c, bool& inside) {
  auto rest = pattern.substr(1);
  const bool negated = rest.starts_with('^');
  if (negated) rest.remove_prefix(1);
  inside = false;
  for (bool first = true; !rest.empty() && (first || rest.front() != ']'); first = false) {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    const char low = rest.front();
    char high = low;
    rest.remove_prefix(1);
    if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
      high = rest[1];
      rest.remove_prefix(2);
    }
    inside = inside || (low <= c && c <= high);
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  pattern = rest;
  inside = inside != negated;
  return true;
}

/// "**" takes any number of whole or partial parts; "**/" also none.
bool match_across(std::string_view pattern, std::string_view path) {
  pattern.remove_prefix(2);
  if (pattern.empty()) return true;
  if (pattern.front() == '/') {
    pattern.remove_prefix(1);
    if (glob_matches(pattern, path)) return true;
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      if (glob_matches(pattern, path.substr(slash + 1))) return true;
    }
    return false;
  }
  for (std::size_t skip = 0; skip <= path.size(); ++skip) {
    if (glob_matches(pattern, path.substr(skip))) return true;
  }
  return false;
}

bool match_star(std::string_view pattern, std::string_view path) {
  pattern.remove_prefix(1);
  for (std::size_t skip = 0;; ++skip) {
    if (glob_matches(pattern, path.substr(skip))) return true;
    if (skip == path.size() || path[skip] == '/') return false;
  }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern.starts_with("**")) return match_across(pattern, path);
    if (pattern.front() == '*') return match_star(pattern, path);
    if (path.empty()) return false;
    bool same = false;
    if (pattern.front() == '[') {
      if (!take_class(pattern, path.front(), same)) return false;
    } else if (pattern.front() == '?') {
      same = path.front() != '/';
      pattern.remove_prefix(1);
    } else {
      if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      same = pattern.front() == path.front();
      pattern.remove_prefix(1);
    }
    if (!same) return false;
    path.remove_prefix(1);
  }
  return path.empty();
}

IgnoreFile::IgnoreFile(std::string_view content) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  while (!content.empty()) {
    const auto end = content.find('\n');
    auto line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.starts_with('#')) continue;
    line = trimmed(line);
    const bool back = line.starts_with('!');
    if (back) line = trimmed(line.substr(1));
    if (line.empty()) continue;
    auto pattern = cleaned(line);
    if (pattern == ".") continue;
    lines_.push_back({std::move(pattern), back});
    brings_back_ = brings_back_ || back;
  }
}

bool IgnoreFile::ignores(std::string_view path) const {
  const auto covers = [&](const std::string& pattern) {
    if (glob_matches(pattern, path)) return true;
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      if (glob_matches(pattern, path.substr(0, slash))) return true;
    }
    return false;
  };
  bool ignored = false;
  for (const auto& line : lines_) {
    if (ignored == line.back && covers(line.pattern)) ignored = !line.back;
  }
  return ignored;
}

}  // namespace fairlead::engine
