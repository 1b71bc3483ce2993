#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

TEST(Text, FindsWhatIsNoUtf8) {
  const std::pair<std::string, int> rows[] = {
      {"plain", -1},
      {"\xC3\xA9", -1},
      {"\xE2\x82\xAC", -1},
      {"\xF0\x9F\x98\x80", -1},
      {"a\xFF", 1},
      {"\xC0\x80", 0},
      {"\xE0\x80\x80", 0},
      {"\xED\xA0\x80", 0},
      {"\xF4\x90\x80\x80", 0},
      {"ab\xC3", 2},
      {"\x80", 0},
      {"\xF0\x9F\x98", 0},
  };
  for (const auto& [text, bad] : rows) {
    const auto found = invalid_utf8(text);
    EXPECT_EQ(found ? static_cast<int>(*found) : -1, bad) << text;
  }
  EXPECT_EQ(replace_invalid_utf8("a\xFF\xC3\xA9"), "a\xEF\xBF\xBD\xC3\xA9");
  // A character that breaks off is one mark, bytes that begin none are one each.
  EXPECT_EQ(replace_invalid_utf8("\xE2\x82z"), "\xEF\xBF\xBDz");
  EXPECT_EQ(replace_invalid_utf8("\xE0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(replace_invalid_utf8("\xF0\x9F\x98"), "\xEF\xBF\xBD");
}

TEST(Text, CountsCharactersAndCutsWords) {
  EXPECT_EQ(count_characters("a\xC3\xA9z"), 3U);
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(split("a,,b,", ',').size(), 4U);
  EXPECT_EQ(to_lower("AbC-\xC3\x89"), "abc-\xC3\x89");
}

}  // namespace
}  // namespace fairlead
