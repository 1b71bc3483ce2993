#include "commands/options.hpp"

#include "argument_parser.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::cli {
namespace {

std::string folder_of(const std::vector<std::string>& words, Mode mode = Mode::fairlead) {
  const Parsed parsed = parse_arguments(words, mode);
  EXPECT_EQ(parsed.kind, Parsed::Kind::run) << parsed.message;
  return selection_of(parsed.arguments).workspace_folder;
}

// CFG-006
TEST(SelectionOf, TakesTheCurrentFolderWhenNothingIsNamed) {
  const std::string here = std::filesystem::current_path().string();
  for (const Mode mode : {Mode::fairlead, Mode::drop_in}) {
    EXPECT_EQ(folder_of({"read-configuration"}, mode), here);
    EXPECT_EQ(folder_of({"up"}, mode), here);
    EXPECT_EQ(folder_of({"up", "--workspace-folder", "/w"}, mode), "/w");
    EXPECT_EQ(folder_of({"up", "--id-label", "a=b"}, mode), "");
    EXPECT_EQ(folder_of({"up", "--override-config", "o.json"}, mode), "");
    EXPECT_EQ(folder_of({"exec", "--container-id", "c", "ls"}, mode), "");
  }
}

// CFG-051, CFG-075
TEST(RemoteOptions, ProbeAsALoginAndInteractiveShellUnlessToldOtherwise) {
  const auto probe = [](std::vector<std::string> words) {
    return remote_options(parse_arguments(words, Mode::fairlead).arguments).default_user_env_probe;
  };
  EXPECT_EQ(probe({"exec", "ls"}), UserEnvProbe::login_interactive_shell);
  EXPECT_EQ(probe({"exec", "--default-user-env-probe", "none", "ls"}), UserEnvProbe::none);
}

}  // namespace
}  // namespace fairlead::cli
