#include "features/metadata.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace fairlead {
namespace {

using Values = std::map<std::string, std::string>;

FeatureMetadata read(const std::string& text) {
  return parse_feature_metadata(text, "devcontainer-feature.json");
}

Values resolve(const std::string& metadata, const std::string& given) {
  return resolve_options(read(metadata), "./a", nlohmann::ordered_json::parse(given)).values;
}

const std::string with_version =
    R"({"id":"a","options":{"version":{"type":"string","default":"latest"},
        "flag":{"type":"boolean","default":true}, "off":{"type":"boolean"}}})";
const std::string without_version = R"({"id":"a","options":{"x":{"type":"string","default":"d"}}})";

// FEAT-014: edge case 54
TEST(FeatureOptions, BecomeVariables) {
  EXPECT_EQ(option_variable("my.opt"), "MY_OPT");
  EXPECT_EQ(option_variable("1st-opt"), "_ST_OPT");
  EXPECT_EQ(option_variable("_9__a"), "_A");
  EXPECT_EQ(option_variable("n$"), "N_");
  EXPECT_EQ(option_variable("gr\xC3\xBC\x6E"), "GR_N");
  EXPECT_EQ(option_variable(""), "");
}

// FEAT-010, 013, 016: edge case 55
TEST(FeatureOptions, OverlayDefaults) {
  EXPECT_EQ(resolve(with_version, "{}"),
            (Values{{"version", "latest"}, {"flag", "true"}, {"off", "false"}}));
  EXPECT_EQ(resolve(with_version, R"("1.18")").at("version"), "1.18");
  EXPECT_EQ(resolve(with_version, "true").at("version"), "true");
  EXPECT_EQ(resolve(with_version, "false").at("version"), "false");
  EXPECT_EQ(resolve(with_version, "null").at("version"), "latest");
  EXPECT_EQ(resolve(without_version, R"("1.18")"), (Values{{"x", "d"}}));
  EXPECT_EQ(resolve(without_version, R"({"y":false,"n":3})"),
            (Values{{"x", "d"}, {"y", "false"}, {"n", "3"}}));
}

// FEAT-010, 011
TEST(FeatureOptions, WithoutADefaultArriveOnlyWhenGiven) {
  const auto metadata = read(R"({"options":{"version":{"type":"string","enum":["a"]},
                                 "b":{"type":"boolean"},"e":{"type":"string","default":""}}})");
  const auto values = [&](const char* given, bool reference) {
    const auto resolved =
        resolve_options(metadata, "./a", nlohmann::ordered_json::parse(given), reference);
    EXPECT_TRUE(resolved.warnings.empty());
    return resolved.values;
  };
  EXPECT_EQ(values("{}", false), (Values{{"b", "false"}, {"e", ""}}));
  EXPECT_EQ(values("{}", true), (Values{{"e", ""}}));
  EXPECT_EQ(values(R"("a")", true), (Values{{"version", "a"}, {"e", ""}}));
  EXPECT_EQ(values(R"({"b":true})", true), (Values{{"b", "true"}, {"e", ""}}));
}

// FEAT-012
TEST(FeatureOptions, WarnOfValuesOutsideTheirRange) {
  const auto metadata = read(R"({"options":{"c":{"type":"string","enum":["a","b"],"default":"a"},
               "p":{"type":"string","proposals":["a"],"default":"a"}}})");
  const auto bad = nlohmann::ordered_json::parse(R"({"c":"z","p":"z"})");
  const ResolvedOptions resolved = resolve_options(metadata, "./a", bad);
  ASSERT_EQ(resolved.warnings.size(), 1U);
  EXPECT_EQ(resolved.warnings[0],
            "feature './a': option 'c' is 'z', but the feature knows only 'a', 'b'");
  EXPECT_EQ(resolved.values.at("c"), "z");
}

TEST(FeatureOptions, RefuseWhatIsNoValue) {
  EXPECT_THROW(resolve(without_version, R"({"x":["a"]})"), Error);
  EXPECT_THROW(resolve(without_version, R"({"x":{}})"), Error);
}

// FEAT-029
TEST(FeatureMetadata, MayHaveComments) {
  const auto metadata = read(
      "{ // who\n \"id\": \"a\", \"dependsOn\": {\"./b\": {\"x\": true,},}, /* when */"
      " \"installsAfter\": [\"./c\"], \"containerEnv\": {\"Z\": \"1\", \"A\": \"${PATH}\"} }");
  EXPECT_EQ(metadata.id, "a");
  ASSERT_EQ(metadata.depends_on.size(), 1U);
  EXPECT_EQ(metadata.depends_on[0].second, R"({"x":true})");
  EXPECT_EQ(metadata.installs_after, std::vector<std::string>{"./c"});
  EXPECT_EQ(metadata.container_env[0].first, "Z");
  EXPECT_EQ(metadata.json.find("who"), std::string::npos);
}

TEST(FeatureMetadata, TakesValuesOfAnyKindWhenLenient) {
  const auto metadata = parse_feature_metadata(
      R"({"id":"a","version":1,"deprecated":0,"legacyIds":["b",5],"installsAfter":"c",
          "containerEnv":{"N":5,"T":true},"options":{"o":{"default":["x"]},"p":5},"dependsOn":[]})",
      "file", /*lenient=*/true);
  EXPECT_EQ(metadata.version, "1");
  EXPECT_FALSE(metadata.deprecated);
  EXPECT_EQ(metadata.legacy_ids, std::vector<std::string>{"b"});
  EXPECT_TRUE(metadata.installs_after.empty());
  EXPECT_TRUE(metadata.depends_on.empty());
  ASSERT_EQ(metadata.container_env.size(), 2U);
  EXPECT_EQ(metadata.container_env.front().second, "5");
  EXPECT_EQ(metadata.container_env.back().second, "true");
  ASSERT_EQ(metadata.options.size(), 1U);
  EXPECT_EQ(metadata.options.front().default_value, R"(["x"])");
  EXPECT_TRUE(parse_feature_metadata(R"({"deprecated":"yes"})", "file", true).deprecated);
}

TEST(FeatureMetadata, NamesTheFileAndTheWrongPart) {
  try {
    read("{\n  // how\n  \"options\": {\"a/b\": {\"enum\": 1}}\n}");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "features.metadata");
    EXPECT_EQ(error.where().file, "devcontainer-feature.json");
    EXPECT_EQ(error.where().line, 3);
    EXPECT_NE(error.message().find("enum"), std::string::npos);
  }
  EXPECT_THROW(read("[]"), Error);
  EXPECT_THROW(read(""), Error);
  EXPECT_THROW(read(R"({"installsAfter":"x"})"), Error);
  EXPECT_THROW(read(R"({"options":{"a":1}})"), Error);
  EXPECT_THROW(read(R"({"containerEnv":{"a":1}})"), Error);
}

}  // namespace
}  // namespace fairlead
