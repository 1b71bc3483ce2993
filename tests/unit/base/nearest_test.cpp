#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

struct DistanceCase {
  const char* a;
  const char* b;
  std::size_t distance;
};

TEST(Nearest, CountsEdits) {
  const DistanceCase cases[] = {{"", "", 0},
                                {"", "abc", 3},
                                {"abc", "", 3},
                                {"abc", "abc", 0},
                                {"backend", "backed", 1},
                                {"host", "hots", 1},
                                {"kitten", "sitting", 3},
                                {"ca", "abc", 3},
                                {"ab", "ba", 1}};
  for (const auto& item : cases) {
    EXPECT_EQ(edit_distance(item.a, item.b), item.distance) << item.a << " " << item.b;
    EXPECT_EQ(edit_distance(item.b, item.a), item.distance) << item.b << " " << item.a;
  }
}

TEST(Nearest, FindsTheNearestName) {
  const std::vector<std::string> names = {"backend", "host", "hosts", "plugins.podman.userns"};
  EXPECT_EQ(nearest_name("bakend", names), "backend");
  EXPECT_EQ(nearest_name("hsot", names), "host");
  EXPECT_EQ(nearest_name("hostz", names), "host") << "the first of equals";
  EXPECT_EQ(nearest_name("plugins.podmn.usrns", names), "plugins.podman.userns");
}

TEST(Nearest, SuggestsNothingFarFetched) {
  const std::vector<std::string> names = {"backend", "host", "y"};
  EXPECT_EQ(nearest_name("colour", names), "");
  EXPECT_EQ(nearest_name("x", names), "") << "nothing of the word would be left";
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("host", {}), "");
}

TEST(Nearest, PhrasesTheQuestion) {
  EXPECT_EQ(did_you_mean("bakend", {"backend"}), "did you mean 'backend'?");
  EXPECT_EQ(did_you_mean("zzz", {"backend"}), "");
}

}  // namespace
}  // namespace fairlead
