#include "features/in_place_text.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

const InstalledFeature feature{.key = "./a", .content = "c1", .options = {{"v", "1"}}};

TEST(InPlaceRecord, KnowsWhatIsThere) {
  const auto text = record_line(feature, InPlaceWork::install, "2026-01-01T00:00:00Z");
  EXPECT_EQ(text, R"({"time":"2026-01-01T00:00:00Z","event":"installed","feature":"./a",)"
                  R"("content":"c1","options":{"v":"1"}})"
                  "\n");
  const auto record = parse_in_place_record(text);
  EXPECT_EQ(record.complete, "");
  EXPECT_EQ(work_for(record, feature), InPlaceWork::none);
  auto other = feature;
  other.options["v"] = "2";
  EXPECT_EQ(work_for(record, other), InPlaceWork::options_changed);
  other = feature;
  other.content = "c2";
  EXPECT_EQ(work_for(record, other), InPlaceWork::content_changed);
  other.key = "./b";
  EXPECT_EQ(work_for(record, other), InPlaceWork::install);
}

TEST(InPlaceRecord, CountsItsLatestLines) {
  auto newer = feature;
  newer.options["v"] = "2";
  const auto text = record_line(feature, InPlaceWork::install, "t1") + complete_line("w1", "t2") +
                    record_line(newer, InPlaceWork::options_changed, "t3");
  EXPECT_EQ(parse_in_place_record(text + "not JSON\n[1]\n{\"feature\":7}\n").features.size(), 1U);
  const auto record = parse_in_place_record(text);
  EXPECT_EQ(record.complete, "");  // something was begun after it
  EXPECT_EQ(work_for(record, newer), InPlaceWork::none);
  EXPECT_NE(text.find(R"("event":"options changed")"), std::string::npos);
  EXPECT_EQ(parse_in_place_record(text + complete_line("w2", "t4")).complete, "w2");
  EXPECT_TRUE(parse_in_place_record("").features.empty());
}

// FEAT-044: the same feature twice.
TEST(InPlaceRecord, TellsEqualIdsApart) {
  std::vector<PlannedFeature> features(3);
  features[0].id = features[2].id = "./a";
  features[1].id = "./b";
  EXPECT_EQ(in_place_keys(features), (std::vector<std::string>{"./a", "./b", "./a#2"}));
}

// FEAT-022, edge case 58
TEST(InPlaceEnvironment, RefersToEarlierValuesAndToNothingElse) {
  EXPECT_EQ(export_lines({{"PATH", "/opt/a:${PATH}"}, {"A", "$B"}}),
            "export PATH=\"/opt/a:${PATH}\"\nexport A=\"$B\"\n");
  EXPECT_EQ(export_lines({{"A", R"(x "y" \z `id` $(id) ${A;id} $1 $)"}}),
            "export A=\"x \\\"y\\\" \\\\z \\`id\\` \\$(id) \\${A;id} \\$1 \\$\"\n");
  EXPECT_EQ(export_lines({{"A;id", "x"}, {"", "x"}, {"1", "x"}}), "");
}

TEST(InPlaceEnvironment, IsSetOnceInNestedShells) {
  const auto text = profile_text("export A=\"b\"\n");
  EXPECT_NE(text.find("\nexport A=\"b\"\nexport FAIRLEAD_FEATURES="), std::string::npos) << text;
  EXPECT_NE(text, profile_text("export A=\"c\"\n"));
}

}  // namespace
}  // namespace fairlead
