#include "base/jsonc_edit.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

std::string add(std::string_view text, const std::vector<JsoncMember>& members,
                const JsoncStyle& style = {}) {
  return set_jsonc_members(text, {"features"}, members, style);
}

// TMPL-011
TEST(JsoncEdit, KeepsCommentsAndPlaces) {
  EXPECT_EQ(
      add("{\n  // the base\n  \"image\": \"x\" // why\n}\n", {{"./a", "{}"}}),
      "{\n  // the base\n  \"image\": \"x\",\n  \"features\": {\n    \"./a\": {}\n  } // why\n}\n");
  EXPECT_EQ(add("{\"features\": {\n\"a\": {}, /* b */\n}}", {{"c", R"({"v":"1"})"}}),
            "{\"features\": {\n\"a\": {},\n    \"c\": {\n      \"v\": \"1\"\n    }, /* b */\n}}");
}

TEST(JsoncEdit, ReplacesWhatIsThere) {
  EXPECT_EQ(add("{\"features\":{\"a\":{\"x\":\"}\"},\"b\":1}}", {{"a", "\"2\""}}),
            "{\"features\":{\"a\":\"2\",\"b\":1}}");
}

TEST(JsoncEdit, WorksInEmptyObjectsAndWithWindowsLineEnds) {
  EXPECT_EQ(add("{}", {{"a", "{}"}}), "{\n  \"features\": {\n    \"a\": {}\n  }\n}");
  EXPECT_EQ(add("{\r\n}", {{"a", "{}"}}), "{\r\n  \"features\": {\r\n    \"a\": {}\r\n  }\r\n}");
}

TEST(JsoncEdit, LeavesAloneWhatIsNoObject) {
  EXPECT_EQ(add("[]", {{"a", "{}"}}), "[]");
  EXPECT_EQ(add("{\"features\":1}", {{"a", "{}"}}), "{\"features\":1}");
  EXPECT_EQ(add("", {{"a", "{}"}}), "");
}

// As the reference CLI: tabs, and a level for every four blanks.
TEST(JsoncEdit, EditsAsTheReferenceDoes) {
  const JsoncStyle style{.indent = "\t", .blanks_per_level = 4};
  EXPECT_EQ(add("{\n    \"image\": \"x\"\n}", {{"a", "{}"}, {"b", R"({"v":"1"})"}}, style),
            "{\n\t\"image\": \"x\",\n\t\"features\": {\n\t\t\"a\": {},\n\t\t\"b\": {\n\t\t\t\"v\": "
            "\"1\"\n\t\t}\n\t}\n}");
}

TEST(JsoncEdit, FindsTheDocumentsIndentation) {
  EXPECT_EQ(jsonc_indent("{\n    \"a\": 1\n}"), "    ");
  EXPECT_EQ(jsonc_indent("// c\n{\n\t\"a\": 1\n}"), "\t");
  EXPECT_EQ(jsonc_indent("{\"a\":1}"), "  ");
  EXPECT_EQ(jsonc_indent("{}"), "  ");
}

}  // namespace
}  // namespace fairlead
