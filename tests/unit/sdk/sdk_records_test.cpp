#include <fairlead/sdk/records.hpp>

#include <gtest/gtest.h>

#include <regex>

namespace fairlead {
namespace {

TEST(SdkRecords, FiltersByLabels) {
  const Labels labels{{"one", "1"}, {"empty", ""}, {"equation", "a=b"}};
  for (const char* filter : {"one", "one=1", "empty", "empty=", "equation=a=b"}) {
    EXPECT_TRUE(sdk::has_label(labels, filter)) << filter;
  }
  for (const char* filter : {"two", "one=2", "one=", "", "equation=a"}) {
    EXPECT_FALSE(sdk::has_label(labels, filter)) << filter;
  }
}

TEST(SdkRecords, TellsTheTimeInTextThatSorts) {
  const auto first = sdk::rfc3339_now();
  const auto second = sdk::rfc3339_now();
  const std::regex form(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)");
  EXPECT_TRUE(std::regex_match(first, form)) << first;
  EXPECT_LE(first, second);
}

}  // namespace
}  // namespace fairlead
