#include "help_page.hpp"

#include "completion_script.hpp"
#include "flag.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fairlead::cli {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(HelpPage, GivesEveryOfferedCommandPurposeUsageAndExamples) {
  for (const Command& command : all_commands()) {
    if (!is_offered(command, Mode::fairlead)) continue;
    const std::string page = help_page(command.id, 80);
    EXPECT_EQ(page.rfind("fairlead " + command_path(command.id) + ": ", 0), 0U);
    EXPECT_NE(page.find("\nUsage: fairlead " + command_path(command.id)), std::string::npos);
    if (command.group) continue;
    EXPECT_GE(command.examples.size(), 2U) << command.name;
  }
}

TEST(HelpPage, OffersOnlyWhatIsThere) {
  const std::string page = help_page(CommandId::top, 80);
  for (const Command& command : all_commands()) {
    if (command.parent != CommandId::top) continue;
    const bool listed = page.find("\n  " + std::string(command.name) + ' ') != std::string::npos;
    EXPECT_EQ(listed, is_offered(command, Mode::fairlead)) << command.name;
  }
}

TEST(HelpPage, WrapsToTheTerminal) {
  std::istringstream lines(help_page(CommandId::up, 70));
  for (std::string line; std::getline(lines, line);) {
    const bool breakable =
        line.find_last_of(' ') > 40 && line.find_last_of(' ') != std::string::npos;
    EXPECT_TRUE(!breakable || line.size() <= 70U) << line;
  }
}

TEST(HelpPage, HasTheReferencesLayoutInDropInMode) {
  const std::string page = drop_in_page(CommandId::set_up, "/opt/x");
  EXPECT_EQ(page.rfind("devcontainer set-up\n\nSet up an existing container as a dev container\n\n"
                       "Options:\n  --help                           Show help  [boolean]\n",
                       0),
            0U);
  EXPECT_NE(page.find("\n  --container-id                   Id of the container.  [string] "
                      "[required]\n"),
            std::string::npos);
  EXPECT_NE(page.find("  [choices: \"text\", \"json\"] [default: \"text\"]\n"), std::string::npos);
  EXPECT_EQ(page.find("--backend"), std::string::npos);
}

TEST(HelpPage, ClosesTheProgramsPageWithVersionAndFolder) {
  EXPECT_TRUE(drop_in_page(CommandId::top, "/opt/x").ends_with("\n\ndevcontainer@0.89.0 /opt/x\n"));
  EXPECT_TRUE(drop_in_usage_error(CommandId::top, "Unknown argument: x", "/opt/x")
                  .ends_with("\ndevcontainer@0.89.0 /opt/x\n\nUnknown argument: x\n"));
}

// The files in config/completions are what the program writes; FAIRLEAD_UPDATE_GOLDEN=1 renews
// them.
TEST(CompletionScript, StandsUpToDateInTheTree) {
  const std::string folder = std::string(FAIRLEAD_SOURCE_DIR) + "/config/completions/";
  for (const auto& [shell, name] :
       {std::pair("bash", "fairlead.bash"), std::pair("zsh", "_fairlead"),
        std::pair("fish", "fairlead.fish")}) {
    const std::string script = completion_script(shell);
    if (std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr) std::ofstream(folder + name) << script;
    EXPECT_TRUE(file_text(folder + name) == script)
        << folder << name << " is old: run this test with FAIRLEAD_UPDATE_GOLDEN=1";
  }
  EXPECT_EQ(completion_script("tcsh"), "");
}

TEST(CompletionScript, IsValidBash) {
  const std::string folder = std::string(FAIRLEAD_SOURCE_DIR) + "/config/completions/";
  EXPECT_EQ(std::system(("bash -n '" + folder + "fairlead.bash'").c_str()), 0);
}

/// What bash offers for the last of `words`, which are as bash divides them.
std::string offered_by_bash(const std::string& words) {
  const std::string script =
      ". '" + std::string(FAIRLEAD_SOURCE_DIR) +
      "/config/completions/fairlead.bash'; compopt() { printf '<%s>' \"$2\"; }; COMP_WORDS=(" +
      words + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _fairlead; printf '%s' \"${COMPREPLY[*]}\"";
  std::string quoted = "bash -c '";
  for (const char letter : script) quoted += letter == '\'' ? "'\\''" : std::string(1, letter);
  FILE* pipe = ::popen((quoted + "'").c_str(), "r");
  if (pipe == nullptr) return "bash does not run";
  std::string text;
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe))
    text += static_cast<char>(letter);
  ::pclose(pipe);
  return text;
}

TEST(CompletionScript, CompletesInBash) {
  EXPECT_EQ(offered_by_bash("fairlead config v"), "validate");
  EXPECT_EQ(offered_by_bash("fairlead up --log-level d"), "debug");
  EXPECT_EQ(offered_by_bash("fairlead up --log-level = d"), "debug");
  EXPECT_EQ(offered_by_bash("fairlead --log-level = debug rebuild ''"), "<default>");
  EXPECT_EQ(offered_by_bash("fairlead --log-level = debug up --workspace-f"), "--workspace-folder");
  EXPECT_EQ(offered_by_bash("fairlead completion z"), "zsh");
  EXPECT_EQ(offered_by_bash("fairlead cp ''"), "<default>");
  EXPECT_EQ(offered_by_bash("fairlead exec -- ls ''"), "<default>");
  EXPECT_EQ(offered_by_bash("fairlead --backend ''"), "");
  EXPECT_EQ(offered_by_bash("devcontainer lis"), "");
}

}  // namespace
}  // namespace fairlead::cli
