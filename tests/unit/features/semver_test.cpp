#include "features/semver.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

using Tags = std::vector<std::string>;

int order(const char* a, const char* b) {
  const int result = compare_versions(*parse_semantic_version(a), *parse_semantic_version(b));
  return result < 0 ? -1 : result > 0 ? 1 : 0;
}

Tags publish(const char* version, const Tags& there) {
  return tags_to_publish(*parse_semantic_version(version), version, there);
}

TEST(SemanticVersions, AreReadStrictly) {
  for (const char* good : {"1.2.3", "0.0.0", "1.0.0-rc.1", "1.0.0-a-b+build.01", "10.20.30"}) {
    EXPECT_TRUE(parse_semantic_version(good)) << good;
  }
  for (const char* bad : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.x", "1.2.3-",
                          "1.2.3-01", "1.2.3+", "1..3", "-1.2.3", "99999999999999999999999.0.0"}) {
    EXPECT_FALSE(parse_semantic_version(bad)) << bad;
  }
}

TEST(SemanticVersions, CompareByNumberThenByPrerelease) {
  EXPECT_EQ(order("1.10.0", "1.9.9"), 1);
  EXPECT_EQ(order("1.0.0-rc.1", "1.0.0"), -1);
  EXPECT_EQ(order("1.0.0-rc.2", "1.0.0-rc.10"), -1);
  EXPECT_EQ(order("1.0.0-1", "1.0.0-a"), -1);
  EXPECT_EQ(order("1.0.0-a", "1.0.0-a.0"), -1);
  EXPECT_EQ(order("1.0.0+a", "1.0.0+b"), 0);
}

TEST(SemanticVersions, LieInRangesAsTagsWriteThem) {
  const auto version = *parse_semantic_version("1.2.3");
  for (const char* range : {"1", "1.2", "1.2.3", "1.x", "x", "*", "1.2.x"}) {
    EXPECT_TRUE(version_in_range(version, range)) << range;
  }
  for (const char* range : {"2", "1.3", "1.2.4", "latest", "", "1.2.3.4", "1.2.3-rc"}) {
    EXPECT_FALSE(version_in_range(version, range)) << range;
  }
  EXPECT_FALSE(version_in_range(*parse_semantic_version("1.2.3-rc"), "1"));
}

// DIST-007, DIST-009, edge case 68
TEST(SemanticVersions, MoveOnlyTheTagsThatTheyTop) {
  EXPECT_EQ(publish("1.3.0", {}), (Tags{"1", "1.3", "1.3.0", "latest"}));
  EXPECT_EQ(publish("1.2.3", {"1", "1.3", "1.3.0", "latest"}), (Tags{"1.2", "1.2.3"}));
  EXPECT_EQ(publish("2.0.0", {"1.3.0"}), (Tags{"2", "2.0", "2.0.0", "latest"}));
  EXPECT_EQ(publish("1.3.1", {"1.3.0", "2.0.0"}), (Tags{"1", "1.3", "1.3.1"}));
}

TEST(SemanticVersions, AreTakenFromTagsNewestFirst) {
  EXPECT_EQ(versions_of_tags({"latest", "1", "1.9.0", "1.10.0", "dev"}), (Tags{"1.10.0", "1.9.0"}));
}

}  // namespace
}  // namespace fairlead
