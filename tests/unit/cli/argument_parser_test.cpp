#include "argument_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fairlead::cli {
namespace {

using Kind = Parsed::Kind;
using Words = std::vector<std::string>;

struct Case {
  Words words;
  Kind kind;
  std::string message;
};

std::string shown(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += '\'' + word + "' ";
  return text;
}

Parsed drop_in(const Words& words) { return parse_arguments(words, Mode::drop_in); }
Parsed own(const Words& words) { return parse_arguments(words, Mode::fairlead); }

void expect_all(const std::vector<Case>& cases, Mode mode) {
  for (const Case& c : cases) {
    const Parsed parsed = parse_arguments(c.words, mode);
    EXPECT_EQ(static_cast<int>(parsed.kind), static_cast<int>(c.kind)) << shown(c.words);
    EXPECT_EQ(parsed.message, c.message) << shown(c.words);
  }
}

// The words are the reference's own answers (reference-cli 1.1), compared live by cli_peer.sh.
TEST(ArgumentParser, WordsUsageErrorsAsTheReference) {
  const std::string mount =
      "Unmatched argument format: mount must match "
      "type=<bind|volume>,source=<source>,target=<target>[,external=<true|false>]";
  expect_all(
      {
          {{}, Kind::usage_error, "Not enough non-option arguments: got 0, need at least 1"},
          {{"-h"}, Kind::usage_error, "Not enough non-option arguments: got 0, need at least 1"},
          {{"--nosuch", "up"},
           Kind::usage_error,
           "Not enough non-option arguments: got 0, need at least 1"},
          {{"nosuch"}, Kind::usage_error, "Unknown argument: nosuch"},
          {{"nosuch", "--flag-x"}, Kind::usage_error, "Unknown arguments: flag-x, flagX, nosuch"},
          {{"list"}, Kind::usage_error, "Unknown argument: list"},
          {{"up", "--no-such-thing", "--nosuch"},
           Kind::usage_error,
           "Unknown arguments: no-such-thing, noSuchThing, nosuch"},
          {{"up", "--no-mount-workspace-git-root"},
           Kind::usage_error,
           "Unknown arguments: no-mount-workspace-git-root, noMountWorkspaceGitRoot"},
          {{"up", "--Workspace-folder", "x"},
           Kind::usage_error,
           "Unknown arguments: Workspace-folder, WorkspaceFolder"},
          {{"up", "-xyz"}, Kind::usage_error, "Unknown arguments: x, y, z"},
          {{"up", "-x=3"}, Kind::usage_error, "Unknown argument: x"},
          {{"up", "--a.b", "3"}, Kind::usage_error, "Unknown argument: a"},
          {{"up", "-5"}, Kind::usage_error, "Unknown argument: -5"},
          {{"up", ""}, Kind::usage_error, "Unknown argument: \"\""},
          {{"up", "--prebuild", "foo"}, Kind::usage_error, "Unknown argument: foo"},
          {{"up", "--backend", "docker"}, Kind::usage_error, "Unknown argument: backend"},
          {{"set-up", "--nosuch"}, Kind::usage_error, "Missing required argument: container-id"},
          {{"up", "--log-level=info", "--log-level", "foo"},
           Kind::usage_error,
           "Invalid values:\n  Argument: log-level, Given: \"foo\", Choices: \"info\", \"debug\", "
           "\"trace\""},
          {{"up", "--logLevel", "5", "--log-format", "x"},
           Kind::usage_error,
           "Invalid values:\n  Argument: log-level, Given: 5, Choices: \"info\", \"debug\", "
           "\"trace\"\n  Argument: log-format, Given: \"x\", Choices: \"text\", \"json\""},
          {{"up", "--terminal-columns", "5"},
           Kind::usage_error,
           "Implications failed:\n terminal-columns -> terminal-rows"},
          {{"up", "--terminal-rows"},
           Kind::usage_error,
           "Implications failed:\n terminal-rows -> terminal-columns"},
          {{"up", "--id-label", "a="},
           Kind::usage_error,
           "Unmatched argument format: id-label must match <name>=<value>"},
          {{"up", "--id-label", "a=\nb"},
           Kind::usage_error,
           "Unmatched argument format: id-label must match <name>=<value>"},
          {{"up", "--remote-env", "\n=x"},
           Kind::usage_error,
           "Unmatched argument format: remote-env must match <name>=<value>"},
          {{"up", "--remote-env", "=x"},
           Kind::usage_error,
           "Unmatched argument format: remote-env must match <name>=<value>"},
          {{"up", "--mount", "type=bind,source=a,target=b,external=maybe"},
           Kind::usage_error,
           mount},
          {{"up", "--mount", "source=a,type=bind,target=b"}, Kind::usage_error, mount},
          {{"up", "--no-lockfile", "--frozen-lockfile"},
           Kind::usage_error,
           "--no-lockfile and --frozen-lockfile are mutually exclusive."},
          {{"up", "--allow-cross-origin-auth-host"},
           Kind::usage_error,
           "Not enough arguments following: allow-cross-origin-auth-host"},
          {{"up", "--allow-cross-origin-auth-host", "a=b"},
           Kind::usage_error,
           "--allow-cross-origin-auth-host requires --oci-auth-hardening."},
          {{"up", "--oci-auth-hardening", "--allow-cross-origin-auth-host", "ab"},
           Kind::usage_error,
           "Invalid cross-origin auth host 'ab'. Expected '<registry-host>=<auth-host>'."},
          {{"exec", "--log-level", "x", "foo"},
           Kind::usage_error,
           "Invalid values:\n  Argument: log-level, Given: \"x\", Choices: \"info\", \"debug\", "
           "\"trace\""},
          {{"up", "--workspace-folder", "a", "--workspace-folder", "b"},
           Kind::usage_error,
           "Argument may be given only once: workspace-folder"},
      },
      Mode::drop_in);
}

TEST(ArgumentParser, KnowsWhatTheReferenceLetsThrough) {
  expect_all(
      {
          {{"up", "--mount", "type=volume,source=a,target=/b,external=true"}, Kind::run, ""},
          {{"up", "--remote-env", "x="}, Kind::run, ""},
          {{"up", "--log-level"}, Kind::run, ""},
          {{"up", "--help=false"}, Kind::run, ""},
          {{"read-configuration", "--", "foo"}, Kind::run, ""},
          {{"exec"}, Kind::run, ""},
          {{"--log-level", "info", "exec", "foo"}, Kind::run, ""},
          {{"help"}, Kind::help, ""},
          {{"up", "help"}, Kind::help, ""},
          {{"--help", "nosuch"}, Kind::help, ""},
          {{"up", "--help", "--nosuch"}, Kind::help, ""},
          {{"--version", "--nosuch"}, Kind::version, ""},
          {{"exec", "--version"}, Kind::version, ""},
      },
      Mode::drop_in);
}

TEST(ArgumentParser, SuggestsTheNearestName) {
  expect_all(
      {
          {{}, Kind::help, ""},
          {{"stauts"}, Kind::usage_error, "unknown command 'stauts'; did you mean 'status'?"},
          {{"up", "--workspce-folder", "x"},
           Kind::usage_error,
           "unknown option '--workspce-folder'; did you mean '--workspace-folder'?"},
          {{"up", "--zzz"}, Kind::usage_error, "unknown option '--zzz'"},
          {{"up", "-x"}, Kind::usage_error, "unknown option '-x'"},
          {{"plugin", "lst"}, Kind::usage_error, "unknown command 'lst'; did you mean 'list'?"},
          {{"plugin", "info"}, Kind::usage_error, "needs <name>"},
          {{"set-up"}, Kind::usage_error, "needs --container-id"},
          {{"list", "extra"}, Kind::usage_error, "unexpected argument 'extra'"},
          {{"list", "--", "extra"}, Kind::usage_error, "unexpected argument 'extra'"},
          {{"exec"}, Kind::usage_error, "needs <cmd>"},
          {{"up", "-h"}, Kind::help, ""},
          {{"up", "--config", "--help"}, Kind::help, ""},
          {{"up", "--set", "--json", "-h"}, Kind::help, ""},
          {{"exec", "--config", "--", "ls", "--help"}, Kind::usage_error, "--config needs a value"},
          {{"exec", "--config", "--json", "ls", "--help"},
           Kind::usage_error,
           "--config needs a value"},
          {{"plugin"}, Kind::help, ""},
      },
      Mode::fairlead);
}

TEST(ArgumentParser, LeavesTheCommandLineOfExecAlone) {
  for (Mode mode : {Mode::drop_in, Mode::fairlead}) {
    const Parsed parsed = parse_arguments(
        Words{"exec", "--remote-env", "A=1", "--", "ls", "--log-level", "--", "-h"}, mode);
    ASSERT_EQ(parsed.kind, Kind::run) << parsed.message;
    EXPECT_EQ(parsed.arguments.positionals(), (Words{"ls", "--log-level", "--", "-h"}));
    EXPECT_EQ(parsed.arguments.list("remote-env"), Words{"A=1"});
  }
  EXPECT_EQ(own({"exec", "ls", "--help"}).arguments.positionals(), (Words{"ls", "--help"}));
  EXPECT_EQ(own({"exec", "--", "--help"}).arguments.positionals(), Words{"--help"});
  EXPECT_EQ(own({"--backend", "docker", "exec", "ls", "--nosuch"}).kind, Kind::run);
}

TEST(ArgumentParser, ReadsValuesInEverySpelling) {
  const Arguments got = own({"up", "--workspaceFolder=/a b", "--id-label", "x=1", "--idLabel",
                             "y=2", "--terminal-columns", "80", "--terminal-rows", "abc",
                             "--prebuild", "false", "--build-no-cache", "--set", "a=b"})
                            .arguments;
  EXPECT_EQ(got.command(), CommandId::up);
  EXPECT_EQ(got.text("workspace-folder"), "/a b");
  EXPECT_EQ(got.list("id-label"), (Words{"x=1", "y=2"}));
  EXPECT_EQ(got.number("terminal-columns"), 80);
  EXPECT_EQ(got.number("terminal-rows"), std::nullopt);
  EXPECT_FALSE(got.flag("prebuild"));
  EXPECT_TRUE(got.given("prebuild"));
  EXPECT_TRUE(got.flag("build-no-cache"));
  EXPECT_EQ(got.list("set"), Words{"a=b"});
}

TEST(ArgumentParser, FallsBackToTheTablesDefaults) {
  const Arguments got = own({"up", "--workspace-folder"}).arguments;
  EXPECT_EQ(got.text("log-level"), "info");
  EXPECT_TRUE(got.flag("mount-workspace-git-root"));
  EXPECT_FALSE(got.flag("prebuild"));
  EXPECT_EQ(got.text_if("workspace-folder"), std::nullopt);
  EXPECT_EQ(got.text_if("config"), std::nullopt);
  EXPECT_EQ(got.text("no-such-flag"), "");
}

TEST(ArgumentParser, TakesShortForms) {
  const Arguments got = own({"logs", "-fn5"}).arguments;
  EXPECT_TRUE(got.flag("follow"));
  EXPECT_EQ(got.number("tail"), 5);
  EXPECT_EQ(own({"logs", "-n", "7"}).arguments.number("tail"), 7);
}

TEST(ArgumentParser, SurvivesAnyWords) {
  const Words odd = {"-", "--", "---", "-=", "--=", "=", "-a-", "--a=", "-1.", "\xff", "-\xff"};
  for (const std::string& a : odd) {
    for (const std::string& b : odd) {
      drop_in({"up", a, b});
      own({"up", a, b});
      own({a, b});
    }
  }
}

TEST(FlagTable, NamesAFlagOnceForEachCommand) {
  for (const Command& command : all_commands()) {
    std::vector<std::string_view> names;
    for (const Flag* flag : flags_of(command.id, Mode::fairlead)) names.push_back(flag->name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end())
        << command.name << ": " << *std::adjacent_find(names.begin(), names.end() - 1);
  }
}

TEST(FlagTable, WritesCamelCaseAsTheReference) {
  EXPECT_EQ(camel_case("workspace-folder"), "workspaceFolder");
  EXPECT_EQ(camel_case("a-b-c"), "aBC");
  EXPECT_EQ(camel_case("-x"), "x");
  EXPECT_EQ(camel_case("Workspace-folder"), "WorkspaceFolder");
}

TEST(ArgumentParser, SaysInItsOwnWordsWhatAValueCannotBe) {
  const auto fault = [](const Words& words) {
    const auto parsed = own(words);
    return parsed.kind == Parsed::Kind::usage_error ? parsed.message : "taken";
  };
  EXPECT_EQ(fault({"up", "--workspace-folder"}), "--workspace-folder needs a value");
  EXPECT_EQ(fault({"build", "--image-name", "--push"}), "--image-name needs a value");
  EXPECT_EQ(fault({"up", "--log-level"}), "--log-level needs a value");
  EXPECT_EQ(fault({"up", "--set"}), "--set needs a value");
  EXPECT_EQ(fault({"up", "--log-level", "loud"}),
            "--log-level cannot be \"loud\"; it is one of \"info\", \"debug\", \"trace\"");
  EXPECT_EQ(fault({"completion", "tcsh"}),
            "<shell> cannot be \"tcsh\"; it is one of \"bash\", \"zsh\", \"fish\"");
  EXPECT_EQ(fault({"up", "--remote-env", "FOO"}), "--remote-env must match <name>=<value>");
  EXPECT_EQ(fault({"up", "--config", "a", "--config", "b"}), "--config is given twice");
  EXPECT_EQ(fault({"logs", "--tail", "x"}), "--tail is a whole number, not 'x'");
  EXPECT_EQ(fault({"logs", "--tail", "5"}), "taken");
  EXPECT_EQ(fault({"list", "--all=yes"}), "--all is true or false, not 'yes'");
  EXPECT_EQ(fault({"list", "--all=false"}), "taken");
}

TEST(ArgumentParser, LeavesTheReferencesValuesAsTheyAre) {
  for (const Words& words :
       std::vector<Words>{{"up", "--workspace-folder"},
                          {"up", "--log-level"},
                          {"exec", "--terminal-columns", "x", "--terminal-rows", "y", "ls"}}) {
    EXPECT_EQ(parse_arguments(words, Mode::drop_in).kind, Parsed::Kind::run) << words.front();
  }
}

}  // namespace
}  // namespace fairlead::cli
