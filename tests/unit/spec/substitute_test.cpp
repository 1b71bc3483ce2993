#include <fairlead/config.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace fairlead {
namespace {

Variables variables(Mode mode) {
  Variables out;
  out.mode = mode;
  out.local_environment = std::make_shared<const Environment>(
      Environment{{"A", "v"}, {"E", ""}, {"NEST", "${localWorkspaceFolder}"}});
  out.local_workspace_folder = "/w/proj";
  out.container_workspace_folder = "/workspaces/proj/";
  out.config_file = "/w/proj/.devcontainer/devcontainer.json";
  return out;
}

struct Row {
  const char* text;
  const char* expected;
};

// VAR-001..005, VAR-009, VAR-010, VAR-018..020; edge cases 22, 24, 25, 27
TEST(Substitute, ReplacesWhatIsKnown) {
  const Row rows[] = {
      {"${localEnv:A}", "v"},
      {"${env:A}-${localEnv:A}", "v-v"},
      {"${localEnv:NONE}", ""},
      {"${localEnv:NONE:d}", "d"},
      {"${localEnv:E:dflt}", ""},
      {"${localEnv:}", ""},
      {"${localEnv::d}", "d"},
      {"${localEnv:NEST}", "${localWorkspaceFolder}"},
      {"${localWorkspaceFolder}|${localWorkspaceFolderBasename}", "/w/proj|proj"},
      {"${containerWorkspaceFolder}|${containerWorkspaceFolderBasename}", "/workspaces/proj/|proj"},
      {"${localWorkspaceFolder:ignored}", "/w/proj"},
      {"${foo} $HOME $${x} ${} ${ localEnv:A} ${LocalEnv:A} ${localEnv:A",
       "${foo} $HOME $${x} ${} ${ localEnv:A} ${LocalEnv:A} ${localEnv:A"},
      {"$${localEnv:A}", "$v"},
      {"${containerEnv:PATH} ${devcontainerId}", "${containerEnv:PATH} ${devcontainerId}"},
      {"a${localEnv:A\n}b${localEnv:A}", "a${localEnv:A\n}bv"},
      {"", ""},
  };
  for (const auto mode : {Mode::fairlead, Mode::drop_in}) {
    for (const auto& row : rows)
      EXPECT_EQ(substitute_text(variables(mode), row.text), row.expected);
  }
}

// VAR-003; edge case 23
TEST(Substitute, CutsADefaultAtItsColonOnlyAsADropIn) {
  const char* text = "${localEnv:NONE:http://x:80/y}";
  EXPECT_EQ(substitute_text(variables(Mode::drop_in), text), "http");
  EXPECT_EQ(substitute_text(variables(Mode::fairlead), text), "http://x:80/y");
}

// VAR-020; edge case 26
TEST(Substitute, ReportsNestedVariables) {
  const char* text = "${localEnv:A${localEnv:FOO}}";
  EXPECT_EQ(substitute_text(variables(Mode::drop_in), text), "FOO}");
  EXPECT_THROW(substitute_text(variables(Mode::fairlead), text), Error);
  EXPECT_EQ(substitute_text(variables(Mode::fairlead), "${x${localEnv:A}"), "${x${localEnv:A}");
}

// VAR-004; edge case 24
TEST(Substitute, WantsAName) {
  for (const char* name : {"localEnv", "env"}) {
    try {
      substitute_text(variables(Mode::drop_in), std::string("${") + name + '}');
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.variable");
      EXPECT_EQ(error.message(), std::string("'${") + name +
                                     "}' in devcontainer.json can not be resolved because no "
                                     "environment variable name is given.");
    }
  }
}

// VAR-006, VAR-008; edge case 30
TEST(Substitute, TakesContainerVariablesOnceTheyAreKnown) {
  Variables stage;
  stage.container_environment = std::make_shared<const Environment>(Environment{{"X", "1"}});
  EXPECT_EQ(substitute_text(stage, "${containerEnv:X}:${containerEnv:PATH}:/x"), "1::/x");
  EXPECT_EQ(substitute_text(stage, "${containerEnv:Y:d} ${localEnv:A}"), "d ${localEnv:A}");
}

TEST(Substitute, TakesLinearTime) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "${";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(substitute_text(variables(Mode::fairlead), text), text);
  EXPECT_EQ(substitute_text(variables(Mode::fairlead), text + '\n').size(), text.size() + 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace fairlead
