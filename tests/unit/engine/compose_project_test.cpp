#include "compose/environment_file.hpp"
#include "compose/project.hpp"

#include <gtest/gtest.h>

namespace fairlead::compose {
namespace {

struct NameRow {
  NameSources sources;
  const char* name;
};

TEST(ComposeProject, IsNamedAsTheReferenceNamesIt) {  // CMP-014, edge case 65
  const std::string odd = "/w/My Odd.Proj!_x";
  const NameRow rows[] = {
      {{.first_file = odd + "/.devcontainer/c.yml", .folder = odd}, "myoddproj_x_devcontainer"},
      {{.first_file = odd + "/c.yml", .folder = odd}, "myoddproj_x"},
      {{.first_file = "/w/Other/c.yml", .folder = odd}, "other"},
      {{.folder = odd}, "myoddproj_x"},
      {{.env_file = "Custom-Name", .configured = "n", .folder = odd}, "custom-name"},
      {{.variable = "From.Env", .env_file = "x", .configured = "n", .folder = odd}, "fromenv"},
      {{.configured = "Given_Name", .first_file = odd + "/c.yml", .folder = odd}, "given_name"},
      {{.configured = "devcontainer",
        .name_is_in_a_file = false,
        .first_file = odd + "/.devcontainer/c.yml",
        .folder = odd},
       "myoddproj_x_devcontainer"},
      {{.configured = "devcontainer", .first_file = odd + "/c.yml", .folder = odd}, "devcontainer"},
      {{.variable = "!!", .configured = "n", .folder = odd}, "n"}};
  for (const auto& row : rows) EXPECT_EQ(project_name(row.sources), row.name);
}

TEST(ComposeProject, ReadsOneValueOfAnEnvironmentFile) {
  EXPECT_EQ(value_in("A=1\nCOMPOSE_PROJECT_NAME= x y \r\nB=2", "COMPOSE_PROJECT_NAME"), "x y");
  EXPECT_EQ(value_in("# A=1\nAB=2\n", "A"), "");
  EXPECT_EQ(value_in("A=\nA=second", "A"), "second");
  EXPECT_EQ(value_in("", "A"), "");
}

}  // namespace
}  // namespace fairlead::compose
