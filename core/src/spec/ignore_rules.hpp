#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// One line of a .gitignore.
struct IgnoreRule {
  std::string folder;   ///< of its file, relative to the root; empty: the root
  std::string pattern;  ///< without "!" and the slashes at its ends
  bool negated = false;
  bool folders_only = false;
  bool anchored = false;  ///< relative to `folder`; else a name at any depth below it
};

/// What .gitignore files and a .fairleadignore leave out, and the same in the words of the programs
/// that synchronise folders. What is in ".git" is left out by a .fairleadignore alone, but for the
/// lock files there, which are never meant for another machine. A value; not thread-safe.
class IgnoreRules {
 public:
  /// The lines of the .gitignore of `folder`; those of later calls win, and later lines.
  void add(std::string_view text, const std::string& folder = {});
  /// The lines of the root's .fairleadignore; they win over all others.
  void add_own(std::string_view text);
  /// A file that counts although a rule leaves it out, because it is tracked; and what is above it.
  /// Not one that an own rule leaves out: `add_own` comes before.
  void keep(const std::string& path);

  /// Whether `path`, relative to the root and without a slash at its ends, is left out, when what
  /// is above it is not.
  bool ignores(const std::string& path, bool folder) const;
  /// Whether something that `keep` named, or what is above it.
  bool kept(const std::string& path) const { return kept_.contains(path); }

  /// Words of rsync's command line, "--filter=…". There the first that matches wins.
  std::vector<std::string> rsync_words() const;
  /// Words of Unison's: "-ignore", "Regex …". It knows no folders-only rules.
  std::vector<std::string> unison_words() const;

 private:
  std::vector<IgnoreRule> rules_;
  std::vector<IgnoreRule> own_;
  std::set<std::string> kept_;
  std::set<std::string> kept_files_;
};

/// Whether `text` matches a pattern of a .gitignore: "*" and "?" stop at a slash, "**" does not.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace fairlead
