#include "spec/identity.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

ConfigDocument document(const std::string& folder) {
  ConfigDocument out;
  out.workspace.local_folder = folder;
  out.config_file = folder + "/.devcontainer/devcontainer.json";
  return out;
}

// VAR-012, VAR-013
TEST(Identity, ComputesTheIdFromTheDefaultLabels) {
  const auto identity = resolve_identity(document("/w/feat"), {});
  EXPECT_EQ(identity.devcontainer_id, "0ejv51b3id2754r3vb24vfc8n5m67mi900l6rjfu6i0o4as608ed");
  ASSERT_EQ(identity.id_labels.size(), 2U);
  EXPECT_EQ(identity.id_labels[0].first, "devcontainer.local_folder");
  EXPECT_EQ(identity.id_labels[1].second, "/w/feat/.devcontainer/devcontainer.json");
  ASSERT_EQ(identity.legacy_labels.size(), 1U);
  EXPECT_EQ(identity.legacy_labels[0].second, "/w/feat");
}

// edge case 32
TEST(Identity, ComputesTheIdFromTheUsersLabelsInAnyOrder) {
  for (const auto& words : {std::vector<std::string>{"example.a=x y", "example.b=2"},
                            std::vector<std::string>{"example.b=2", "example.a=x y"}}) {
    const auto identity = resolve_identity(document("/w/feat"), words);
    EXPECT_EQ(identity.devcontainer_id, "051b3jr46ikb19dibpd5r2q5buubbs64gaua9le678d6sioubv8j");
    EXPECT_TRUE(identity.legacy_labels.empty());
  }
}

TEST(Identity, SplitsALabelAtItsFirstEqualsSign) {
  const auto identity = resolve_identity(document("/w"), {"a=b=c"});
  EXPECT_EQ(identity.id_labels[0].first, "a");
  EXPECT_EQ(identity.id_labels[0].second, "b=c");
  for (const char* word : {"", "a", "=b", "a="}) {
    EXPECT_THROW(resolve_identity(document("/w"), {word}), Error) << word;
  }
}

TEST(Identity, NamesTheFoldersImage) {
  EXPECT_EQ(resolve_identity(document("/w/img"), {}).folder_image_name,
            "vsc-img-a97a867e8505dde6a389e60ee26387040d5447ca7f53313a60319161bb5ef715");
  const std::pair<const char*, const char*> rows[] = {
      {"A__B..c", "vsc-a__b.c-"}, {"x-", "vsc-x--"},        {"_x", "vsc-x-"},
      {"a._b", "vsc-a.b-"},       {"a__-b", "vsc-a__b-"},   {"a--.b", "vsc-a--b-"},
      {"a---b", "vsc-a---b-"},    {"\xC3\xA9 b", "vsc-b-"}, {".dot", "vsc-dot-"},
      {"a_-b", "vsc-a_b-"},       {"a-_b", "vsc-a-b-"},     {"a___b", "vsc-a__b-"},
  };
  for (const auto& [folder, expected] : rows) {
    const auto name = resolve_identity(document(std::string("/w/") + folder), {}).folder_image_name;
    EXPECT_EQ(name.substr(0, name.size() - 64), expected) << folder;
  }
}

TEST(Identity, TellsFoldersOfOnePathOnTwoMachinesApart) {
  const auto usual = resolve_identity(document("/w/feat"), {});
  const auto one = of_machine(usual, document("/w/feat"), "one");
  const auto two = of_machine(usual, document("/w/feat"), "two");
  EXPECT_EQ(one.id_labels.back(), (std::pair<std::string, std::string>(machine_label, "one")));
  EXPECT_EQ(one.devcontainer_id, devcontainer_id(one.id_labels));
  EXPECT_NE(one.devcontainer_id, two.devcontainer_id);
  EXPECT_NE(one.devcontainer_id, usual.devcontainer_id);
  EXPECT_NE(one.folder_image_name, two.folder_image_name);
  EXPECT_EQ(one.folder_image_name.substr(0, 9), "vsc-feat-");
  EXPECT_EQ(one.legacy_labels, usual.legacy_labels);
}

TEST(Identity, LeavesAloneWhatNeedsNoMachine) {
  const auto usual = resolve_identity(document("/w/feat"), {});
  EXPECT_EQ(of_machine(usual, document("/w/feat"), "").devcontainer_id, usual.devcontainer_id);
  const auto chosen = resolve_identity(document("/w/feat"), {"a=b"});
  EXPECT_EQ(of_machine(chosen, document("/w/feat"), "one").id_labels, chosen.id_labels);
}

}  // namespace
}  // namespace fairlead
