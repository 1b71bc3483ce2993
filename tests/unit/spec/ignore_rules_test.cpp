#include "spec/ignore_rules.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string pattern;
  std::string path;
  bool folder;
  bool ignored;
};

TEST(IgnoreRules, FollowsThePatternsOfGit) {
  const std::vector<Case> cases = {
      {"build", "build", true, true},       {"build", "a/b/build", false, true},
      {"build/", "build", false, false},    {"build/", "a/build", true, true},
      {"/build", "a/build", true, false},   {"/build", "build", true, true},
      {"a/b", "x/a/b", false, false},       {"*.o", "x/y.o", false, true},
      {"*.o", "x/y.oo", false, false},      {"a/*", "a/b", false, true},
      {"a/*", "a/b/c", false, false},       {"a/**", "a/b/c", false, true},
      {"**/foo", "foo", false, true},       {"**/foo", "a/b/foo", false, true},
      {"a/**/b", "a/b", false, true},       {"a/**/b", "a/x/y/b", false, true},
      {"a/**/b", "a/xb", false, false},     {"?.c", "a.c", false, true},
      {"[a-c].c", "b.c", false, true},      {"[!a-c].c", "b.c", false, false},
      {"\\!x", "!x", false, true},          {"\\#x", "#x", false, true},
      {"# note", "# note", false, false},   {"trailing  ", "trailing", false, true},
      {"foo**bar", "fooxbar", false, true}, {"foo**bar", "foo/bar", false, false},
  };
  for (const auto& one : cases) {
    IgnoreRules rules;
    rules.add(one.pattern + '\n');
    EXPECT_EQ(rules.ignores(one.path, one.folder), one.ignored) << one.pattern << " " << one.path;
  }
}

TEST(IgnoreRules, LetsTheLastOneWin) {
  IgnoreRules rules;
  rules.add("*.log\n!keep.log\n");
  rules.add("keep.log\n", "sub");
  EXPECT_TRUE(rules.ignores("a.log", false));
  EXPECT_FALSE(rules.ignores("keep.log", false));
  EXPECT_TRUE(rules.ignores("sub/keep.log", false));
  rules.add_own("!*.log\n");
  EXPECT_FALSE(rules.ignores("sub/keep.log", false));
}

TEST(IgnoreRules, LeavesGitsOwnFolderAlone) {
  IgnoreRules rules;
  rules.add("HEAD\nbuild\n*.lock\n");
  EXPECT_FALSE(rules.ignores(".git/HEAD", false));
  EXPECT_FALSE(rules.ignores(".git/refs/heads/build", false));
  EXPECT_TRUE(rules.ignores(".git/index.lock", false));
  EXPECT_TRUE(rules.ignores("build", true));
  rules.add_own(".git\n");
  EXPECT_TRUE(rules.ignores(".git", true));
}

/// As Unison reads "-ignore" and "-ignorenot": an exception wins.
bool unison_ignores(const std::vector<std::string>& words, const std::string& path) {
  bool ignored = false;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (!std::regex_match(path, std::regex(words[i + 1].substr(6), std::regex::extended))) continue;
    if (words[i] == "-ignorenot") return false;
    ignored = true;
  }
  return ignored;
}

TEST(IgnoreRules, SaysTheSameToUnison) {
  IgnoreRules rules;
  rules.add("*.o\nbuild\n/dist\na/**/b\n!keep.o\nsp ace.txt\n\\#~{x}(1)$\n");
  const auto words = rules.unison_words();
  for (const auto* path :
       {"x.o", "a/x.o", "build", "a/build", "dist", "a/dist", "a/b", "a/x/y/b", "keep.o", "a.c",
        ".git/x.o", ".git/index.lock", ".git/refs/heads/build", ".git", ".git/a.lo", ".git/clock",
        "sp ace.txt", "#~{x}(1)$", ".github/build"}) {
    EXPECT_EQ(unison_ignores(words, path), rules.ignores(path, false)) << path;
  }
}

TEST(IgnoreRules, OpensAFolderForWhatIsTrackedAlone) {
  IgnoreRules rules;
  rules.add("secrets/\nout/\n");
  rules.add_own("out/own\n");
  rules.keep("secrets/keys/README");
  rules.keep("out/own");
  EXPECT_FALSE(rules.kept("out/own"));
  auto unison = rules.unison_words();
  EXPECT_TRUE(unison_ignores(unison, "secrets/prod.key"));
  EXPECT_TRUE(unison_ignores(unison, "secrets/keys/prod.key"));
  EXPECT_TRUE(unison_ignores(unison, "out"));
  EXPECT_FALSE(unison_ignores(unison, "secrets/keys"));
  EXPECT_FALSE(unison_ignores(unison, "secrets/keys/README"));
  const auto rsync = rules.rsync_words();
  const auto place = [&](const std::string& word) { return std::ranges::find(rsync, word); };
  EXPECT_LT(place("--filter=+ /secrets/keys/README"), place("--filter=- /secrets/keys/*"));
  EXPECT_NE(place("--filter=- /secrets/*"), rsync.end());
}

class IgnoreRulesBesideGit : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "fairlead-rules-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = fs::path(name) / "work";
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_.parent_path()); }

  void put(const std::string& path, const std::string& text = "x") const {
    const auto file = folder_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string output(const std::string& command) const {
    const auto line = "cd '" + folder_.string() + "' && { " + command + "; } 2>/dev/null";
    std::string text;
    FILE* said = ::popen(line.c_str(), "r");
    std::array<char, 4096> buffer{};
    for (std::size_t got = 1; got > 0; text.append(buffer.data(), got))
      got = std::fread(buffer.data(), 1, buffer.size(), said);
    return ::pclose(said) == 0 ? text : std::string();
  }
  static std::vector<std::string> sorted_files(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (!line.ends_with('/')) lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  fs::path folder_;
};

TEST_F(IgnoreRulesBesideGit, AgreesWithGitAndRsync) {
  const std::string root = "*.o\n/build/\ndocs/**/out\n!keep.o\n[xy]z\n**/deep\n";
  const std::string nested = "local\n/only\n!x.o\n";
  put(".gitignore", root);
  put("sub/.gitignore", nested);
  for (const auto* path :
       {"a.o", "keep.o", "build/one", "sub/build/two", "docs/out/x", "docs/a/b/out/y", "xz", "az",
        "deep/f", "q/deep/g", "sub/local", "sub/q/local", "sub/only", "sub/q/only", "sub/x.o",
        "other/x.o", "local", "plain.c"}) {
    put(path);
  }
  IgnoreRules rules;
  rules.add(root);
  rules.add(nested, "sub");
  const auto wanted = sorted_files(output("git init -q && git ls-files -o --exclude-standard"));
  std::string command = "rsync -a --exclude=/.git --out-format=%n";
  for (const auto& word : rules.rsync_words()) command += " '" + word + '\'';
  const auto copied = sorted_files(output(command + " ./ ../copy/"));
  EXPECT_EQ(copied, wanted);
  EXPECT_GT(wanted.size(), 8U);
}

}  // namespace
}  // namespace fairlead
