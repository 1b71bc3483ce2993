#include "spec/ignore_rules.hpp"

#include <algorithm>
#include <optional>

namespace fairlead {
namespace {

constexpr std::string_view git_folder = ".git";
constexpr std::string_view lock_suffix = ".lock";

std::string_view without_blanks_at_end(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) {
    if (line.size() > 1 && line[line.size() - 2] == '\\') break;
    line.remove_suffix(1);
  }
  return line;
}

std::optional<IgnoreRule> parse(std::string_view line, const std::string& folder) {
  line = without_blanks_at_end(line);
  if (line.empty() || line.front() == '#') return {};
  IgnoreRule rule{.folder = folder, .pattern = {}};
  if (line.front() == '!') {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.folders_only = true;
    line.remove_suffix(1);
  }
  rule.anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return {};
  rule.pattern = line;
  return rule;
}

void parse_all(std::string_view text, const std::string& folder, std::vector<IgnoreRule>& rules) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto rule = parse(text.substr(0, end), folder)) rules.push_back(std::move(*rule));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// The end of the bracket expression that begins at `begin`; npos: it is none.
std::size_t end_of_class(std::string_view pattern, std::size_t begin) {
  auto at = begin + 1;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  return pattern.find(']', at);
}

bool in_class(std::string_view words, char c) {
  const bool negated = words.starts_with('!') || words.starts_with('^');
  if (negated) words.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i + 2 < words.size() && words[i + 1] == '-') {
      found = found || (words[i] <= c && c <= words[i + 2]);
      i += 2;
    } else {
      found = found || words[i] == c;
    }
  }
  return found != negated && c != '/';
}

/// Whether a "**" at `at` stands for folders: a whole part of the path.
bool is_deep(std::string_view pattern, std::size_t at) {
  return pattern.substr(at).starts_with("**") && (at == 0 || pattern[at - 1] == '/') &&
         (at + 2 == pattern.size() || pattern[at + 2] == '/');
}

bool match_from(std::string_view pattern, std::size_t at, std::string_view text);

bool match_deep(std::string_view pattern, std::size_t at, std::string_view text) {
  if (at + 2 == pattern.size()) return !text.empty();
  for (std::size_t i = 0;; ++i) {
    if (match_from(pattern, at + 3, text.substr(i))) return true;
    i = text.find('/', i);
    if (i == std::string_view::npos) return false;
  }
}

bool match_star(std::string_view pattern, std::size_t at, std::string_view text) {
  while (at < pattern.size() && pattern[at] == '*') ++at;
  for (std::size_t i = 0;; ++i) {
    if (match_from(pattern, at, text.substr(i))) return true;
    if (i == text.size() || text[i] == '/') return false;
  }
}

bool match_from(std::string_view pattern, std::size_t at, std::string_view text) {
  for (; at < pattern.size(); ++at, text.remove_prefix(1)) {
    const char c = pattern[at];
    if (c == '*') {
      return is_deep(pattern, at) ? match_deep(pattern, at, text) : match_star(pattern, at, text);
    }
    if (text.empty()) return false;
    const auto end = c == '[' ? end_of_class(pattern, at) : std::string_view::npos;
    if (end != std::string_view::npos) {
      if (!in_class(pattern.substr(at + 1, end - at - 1), text.front())) return false;
      at = end;
    } else if (c == '?') {
      if (text.front() == '/') return false;
    } else {
      if (c == '\\' && at + 1 < pattern.size()) ++at;
      if (pattern[at] != text.front()) return false;
    }
  }
  return text.empty();
}

bool matches(const IgnoreRule& rule, std::string_view path, bool folder) {
  if (rule.folders_only && !folder) return false;
  if (!rule.folder.empty()) {
    if (!path.starts_with(rule.folder + '/')) return false;
    path.remove_prefix(rule.folder.size() + 1);
  }
  if (!rule.anchored) path = path.substr(path.rfind('/') + 1);
  return matches_glob(rule.pattern, path);
}

/// What the last rule that matches says; nothing: none does.
std::optional<bool> judge(const std::vector<IgnoreRule>& rules, const std::string& path,
                          bool folder) {
  const auto rule = std::find_if(rules.rbegin(), rules.rend(),
                                 [&](const IgnoreRule& one) { return matches(one, path, folder); });
  if (rule == rules.rend()) return {};
  return !rule->negated;
}

bool is_of_git(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == git_folder) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

/// Unison refuses a backslash before anything that means itself.
void append_literal(std::string& out, char c) {
  if (std::string_view("|()*+?[.^${\\").find(c) != std::string_view::npos) out += '\\';
  out += c;
}

std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) append_literal(out, c);
  return out;
}

std::string regex_of(std::string_view pattern) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    const auto end = c == '[' ? end_of_class(pattern, at) : std::string_view::npos;
    if (c == '*' && is_deep(pattern, at)) {
      const bool last = at + 2 == pattern.size();
      out += last ? ".+" : "(.*/)?";
      at += last ? 1 : 2;
    } else if (c == '*') {
      out += "[^/]*";
      while (at + 1 < pattern.size() && pattern[at + 1] == '*') ++at;
    } else if (c == '?') {
      out += "[^/]";
    } else if (end != std::string_view::npos) {
      auto words = std::string(pattern.substr(at + 1, end - at - 1));
      if (words.starts_with('!')) words.front() = '^';
      out += '[' + words + ']';
      at = end;
    } else {
      if (c == '\\' && at + 1 < pattern.size()) ++at;
      append_literal(out, pattern[at]);
    }
  }
  return out;
}

std::string regex_of(const IgnoreRule& rule) {
  const auto folder = rule.folder.empty() ? std::string() : literal(rule.folder) + '/';
  return folder + (rule.anchored ? "" : "(.*/)?") + regex_of(rule.pattern);
}

/// A part of a path that does not end with ".lock": the expressions that Unison knows have no
/// "not".
std::string no_lock_name() {
  std::string out = "(";
  for (std::size_t i = 0; i < lock_suffix.size(); ++i) {
    const auto rest = literal(lock_suffix.substr(lock_suffix.size() - i));
    const auto letter = std::string(1, lock_suffix[lock_suffix.size() - i - 1]);
    out += (i == 0 ? "" : "|" + rest + '|') + "[^/]*[^/" + letter + ']' + rest;
  }
  return out + ')';
}

/// "a/**/b" is "a/b", too; rsync's "**" is never nothing.
std::vector<std::string> rsync_patterns(const IgnoreRule& rule) {
  std::vector<std::string> patterns = {rule.pattern};
  for (std::size_t at = 0; at < rule.pattern.size(); ++at) {
    if (!is_deep(rule.pattern, at) || at + 2 == rule.pattern.size()) continue;
    patterns.push_back(rule.pattern.substr(0, at) + rule.pattern.substr(at + 3));
    break;
  }
  std::vector<std::string> out;
  const auto folder = '/' + (rule.folder.empty() ? std::string() : rule.folder + '/');
  const std::string end = rule.folders_only ? "/" : "";
  for (const auto& pattern : patterns) {
    if (rule.anchored) {
      out.push_back(folder + pattern + end);
    } else if (rule.folder.empty()) {
      out.push_back(pattern + end);
    } else {
      out.push_back(folder + pattern + end);
      out.push_back(folder + "**/" + pattern + end);
    }
  }
  return out;
}

void add_rsync(const std::vector<IgnoreRule>& rules, std::vector<std::string>& words) {
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    for (const auto& pattern : rsync_patterns(*rule))
      words.push_back(std::string("--filter=") + (rule->negated ? "+ " : "- ") + pattern);
  }
}

/// No character of a path means more than itself.
std::string rsync_literal(const std::string& path) {
  if (path.find_first_of("*?[") == std::string::npos) return path;
  std::string out;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// Folders that a rule leaves out and that something kept opens: nothing else in them goes along.
std::set<std::string> opened_folders(const std::vector<IgnoreRule>& rules,
                                     const std::set<std::string>& kept,
                                     const std::set<std::string>& kept_files) {
  std::set<std::string> opened;  // a set is in order: what is above comes first
  for (const auto& path : kept) {
    if (kept_files.contains(path)) continue;
    const auto slash = path.rfind('/');
    const bool inside = slash != std::string::npos && opened.contains(path.substr(0, slash));
    if (inside || judge(rules, path, true).value_or(false)) opened.insert(path);
  }
  return opened;
}

void add_unison(const std::vector<IgnoreRule>& rules, std::vector<std::string>& words) {
  for (const auto& rule : rules) {
    words.emplace_back(rule.negated ? "-ignorenot" : "-ignore");
    words.push_back("Regex " + regex_of(rule));
  }
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  return match_from(pattern, 0, text);
}

void IgnoreRules::add(std::string_view text, const std::string& folder) {
  parse_all(text, folder, rules_);
}

void IgnoreRules::add_own(std::string_view text) { parse_all(text, {}, own_); }

void IgnoreRules::keep(const std::string& path) {
  for (auto end = path.find('/');; end = path.find('/', end + 1)) {  // our own rules win
    if (judge(own_, path.substr(0, end), end != std::string::npos).value_or(false)) return;
    if (end == std::string::npos) break;
  }
  kept_files_.insert(path);
  for (auto part = path; !part.empty() && kept_.insert(part).second;) {
    const auto slash = part.rfind('/');
    part.resize(slash == std::string::npos ? 0 : slash);
  }
}

bool IgnoreRules::ignores(const std::string& path, bool folder) const {
  if (const auto own = judge(own_, path, folder)) return *own;
  if (is_of_git(path)) return path.ends_with(lock_suffix);
  return judge(rules_, path, folder).value_or(false);
}

std::vector<std::string> IgnoreRules::rsync_words() const {
  std::vector<std::string> words;
  add_rsync(own_, words);
  for (const auto* rule : {"- .git/**.lock", "+ .git", "+ .git/**"})
    words.push_back("--filter=" + std::string(rule));
  for (const auto& path : kept_) {
    const bool file = kept_files_.contains(path);
    words.push_back("--filter=+ /" + rsync_literal(path) + (file ? "" : "/"));
  }
  for (const auto& folder : opened_folders(rules_, kept_, kept_files_))
    words.push_back("--filter=- /" + rsync_literal(folder + "/") + '*');
  add_rsync(rules_, words);
  return words;
}

std::vector<std::string> IgnoreRules::unison_words() const {
  std::vector<std::string> words;
  add_unison(rules_, words);
  for (const auto& folder : opened_folders(rules_, kept_, kept_files_))
    words.insert(words.end(), {"-ignore", "Regex " + literal(folder) + "/[^/]+"});
  for (const auto& path : kept_) {
    words.insert(words.end(), {"-ignorenot", "Regex " + literal(path)});
  }
  add_unison(own_, words);
  words.insert(words.end(), {"-ignore", "Regex (.*/)?\\.git/(.*/)?[^/]*\\.lock"});
  // In Unison an exception wins over every rule, so none is made where our own rules speak of it.
  if (!judge(own_, std::string(git_folder), true).value_or(false)) {
    words.insert(words.end(), {"-ignorenot", "Regex (.*/)?\\.git(/(.*/)?" + no_lock_name() + ")?"});
  }
  return words;
}

}  // namespace fairlead
