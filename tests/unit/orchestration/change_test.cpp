#include "engine/change.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

Workspace workspace_with(const char* text) {
  Workspace workspace{
      .document = ConfigDocument{}, .config = {}, .identity = {}, .settings = Settings({}, {})};
  workspace.document->raw =
      std::make_shared<const nlohmann::ordered_json>(nlohmann::ordered_json::parse(text));
  return workspace;
}

InstanceInfo made_from(const char* text) {
  InstanceInfo instance;
  instance.labels[configuration_key] = configuration_record(workspace_with(text));
  return instance;
}

using Names = std::vector<std::string>;

TEST(ConfigurationChange, NamesWhatDiffers) {  // VSC-003
  const auto instance = made_from(R"({"image": "a", "mounts": [], "init": true})");
  const auto change = configuration_change(
      workspace_with(R"({"image": "b", "mounts": [], "runArgs": []})"), instance);
  EXPECT_EQ(change.properties, (Names{"image", "init", "runArgs"}));
  EXPECT_EQ(change.text(), "image, init, runArgs");
  EXPECT_FALSE(
      configuration_change(workspace_with(R"({"init":true,"image":"a","mounts":[]})"), instance)
          .any());
}

TEST(ConfigurationChange, PassesOverWhatNeedsNoNewContainer) {
  const auto instance = made_from(R"({"image": "a"})");
  EXPECT_FALSE(
      configuration_change(workspace_with(R"({"image": "a", "name": "n", "remoteEnv": {"A": "b"},
      "remoteUser": "u", "userEnvProbe": "none", "initializeCommand": "x",
      "customizations": {"vscode": {}}, "shutdownAction": "none"})"),
                           instance)
          .any());
}

TEST(ConfigurationChange, RecordsNoValues) {
  const auto record = configuration_record(
      workspace_with(R"({"containerEnv": {"TOKEN": "hunter2"}, "odd name=x": 1, "image": "i"})"));
  EXPECT_EQ(record.find("hunter2"), std::string::npos);
  EXPECT_EQ(record.find("odd"), std::string::npos);
  EXPECT_EQ(record.size(), std::string("containerEnv=123456789012 image=123456789012").size());
}

TEST(ConfigurationChange, WithoutARecordOnlyTheFilesAgeTells) {
  auto workspace = workspace_with(R"({"image": "a"})");
  workspace.document->content_file = "/etc/passwd";
  InstanceInfo instance{.created = "2001-01-01T00:00:00Z"};
  EXPECT_TRUE(configuration_change(workspace, instance).newer_file);
  EXPECT_TRUE(configuration_change(workspace, instance).properties.empty());
  instance.created = "2200-01-01T00:00:00Z";
  EXPECT_FALSE(configuration_change(workspace, instance).any());
  instance.created = "whenever";
  EXPECT_FALSE(configuration_change(workspace, instance).any());
}

TEST(Time, ReadsRfc3339) {
  EXPECT_EQ(unix_seconds("1970-01-01T00:00:01Z"), 1);
  EXPECT_EQ(unix_seconds("1970-01-02T00:00:00.123456789+01:00"), 82'800);
  EXPECT_EQ(unix_seconds("1970-01-01T00:00:00-00:30"), 1800);
  using std::chrono::milliseconds;
  EXPECT_EQ(unix_milliseconds("1970-01-01T00:00:01.123456789Z"), milliseconds(1123));
  EXPECT_EQ(unix_milliseconds("1970-01-01T00:00:01.5+00:00"), milliseconds(1500));
  EXPECT_EQ(unix_milliseconds("1970-01-01T00:00:01Z"), milliseconds(1000));
  EXPECT_FALSE(unix_milliseconds("0001-01-01T00:00:00Z"));
}

TEST(Time, RefusesTheRest) {
  for (const char* text :
       {"", "yesterday", "1970-01-01", "1970-01-01T00:00:01", "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:01Zx", "1970-01-01T00:00:01+1"}) {
    EXPECT_EQ(unix_seconds(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace fairlead
