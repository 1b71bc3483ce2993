#include "features/offered.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

// TMPL-002
TEST(OfferedTemplates, AskWhatTheirMetadataSays) {
  const auto offered = offered_template(R"({
    // a comment
    "id": "t", "name": "T", "description": "D", "optionalPaths": [".github/*"],
    "options": {
      "v": {"type": "string", "enum": ["1", "2"], "default": "2", "description": "which"},
      "p": {"type": "string", "proposals": ["x"], "default": "y"},
      "b": {"type": "boolean", "default": true}, "c": {"type": "boolean"}, "odd": 7}})",
                                        "r.test/a/t");
  EXPECT_EQ(offered.id, "r.test/a/t");
  EXPECT_EQ(offered.optional_paths, std::vector<std::string>{".github/*"});
  ASSERT_EQ(offered.options.size(), 4U);
  EXPECT_TRUE(offered.options[0].only_choices);
  EXPECT_EQ(offered.options[0].choices, (std::vector<std::string>{"1", "2"}));
  EXPECT_FALSE(offered.options[1].only_choices);
  EXPECT_EQ(offered.options[2].default_value, "true");
  EXPECT_EQ(offered.options[3].default_value, "false");
  EXPECT_THROW(offered_template("[]", "t"), Error);
}

TEST(OfferedTemplates, ComeFromACollectionSorted) {
  const auto all = templates_in(R"({"templates":[{"id":"b"},{"id":"a","name":"A"},{},7]})", "r/n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "r/n/a");
  EXPECT_EQ(all[1].id, "r/n/b");
  EXPECT_THROW(templates_in(R"({"features":[]})", "r/n"), Error);
  EXPECT_THROW(templates_in("<html>", "r/n"), Error);
}

TEST(OfferedFeatures, CarryTheirMajorVersion) {
  const auto all = features_in(
      R"({"features":[{"id":"git","version":"1.3.8"},{"id":"old","deprecated":true},{"id":"x"}]})",
      "r/n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "r/n/git:1");
  EXPECT_EQ(all[1].id, "r/n/x");
}

TEST(ProjectFiles, OfComposeNameTheirServices) {
  EXPECT_EQ(compose_services("# app\nversion: '3'\nservices:\n  app:\n    build: .\n    ports:\n"
                             "      - 1:1\n\n  # the other\n  'db':  # here\n    image: x\n"
                             "volumes:\n  data:\n"),
            (std::vector<std::string>{"app", "db"}));
  EXPECT_EQ(compose_services("services: {app: {}}\n"), std::vector<std::string>{});
  EXPECT_EQ(compose_services(""), std::vector<std::string>{});
}

// VSC-005
TEST(ProjectFiles, BecomeConfigurations) {
  EXPECT_EQ(config_for("my \"app\"", "Dockerfile", ""),
            "{\n  \"name\": \"my \\\"app\\\"\",\n  \"build\": {\n    \"dockerfile\": "
            "\"../Dockerfile\",\n    \"context\": \"..\"\n  }\n}\n");
  EXPECT_EQ(
      config_for("a", "compose.yaml", "app"),
      "{\n  \"name\": \"a\",\n  \"dockerComposeFile\": \"../compose.yaml\",\n  \"service\": "
      "\"app\",\n  \"workspaceFolder\": \"/workspaces/${localWorkspaceFolderBasename}\"\n}\n");
}

}  // namespace
}  // namespace fairlead
