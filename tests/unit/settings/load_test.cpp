#include "settings/load.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

Error syntax_error(const std::string& document) {
  try {
    load_toml(document, "f.toml");
  } catch (const Error& error) {
    return error;
  }
  return {Status::ok, "none", "no error"};
}

TEST(SettingsLoad, FlattensTablesInTheOrderOfTheDocument) {
  const auto entries = load_toml(
      "host = \"local\"\n"
      "[plugins.podman]\n"
      "  userns = \"keep-id\"\n"
      "  retries = 3\n"
      "  quiet = true\n"
      "  args = [\"a\", \"b\"]\n",
      "f.toml");
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(entries[0].key, "host");
  EXPECT_EQ(std::get<std::string>(entries[0].value), "local");
  EXPECT_EQ(entries[1].key, "plugins.podman.userns");
  EXPECT_EQ(entries[1].where.file, "f.toml");
  EXPECT_EQ(entries[1].where.line, 3);
  EXPECT_EQ(entries[1].where.column, 3);
  EXPECT_EQ(std::get<std::int64_t>(entries[2].value), 3);
  EXPECT_TRUE(std::get<bool>(entries[3].value));
  EXPECT_EQ(std::get<std::vector<std::string>>(entries[4].value),
            (std::vector<std::string>{"a", "b"}));
}

TEST(SettingsLoad, KeepsForeignValuesForTheMessage) {
  const auto entries = load_toml("a = 1.5\nb = 1979-05-27\nc = [1, 2]\nd = [[\"x\"]]\n", "f.toml");
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(std::get<ForeignValue>(entries[0].value).what, "a floating-point number");
  EXPECT_EQ(std::get<ForeignValue>(entries[1].value).what, "a date or time");
  EXPECT_EQ(std::get<ForeignValue>(entries[2].value).what, "an array that holds more than strings");
  EXPECT_TRUE(std::holds_alternative<ForeignValue>(entries[3].value));
}

TEST(SettingsLoad, PointsAtBrokenToml) {
  const Error error = syntax_error("a = 1\r\nb = 'é' x\r\n");
  EXPECT_EQ(error.code(), "settings.syntax");
  EXPECT_EQ(error.status(), Status::invalid);
  EXPECT_EQ(error.where().file, "f.toml");
  EXPECT_EQ(error.where().line, 2);
  EXPECT_EQ(error.where().column, 9) << "characters, not bytes";
  EXPECT_EQ(error.where().text, "b = 'é' x");
  EXPECT_NE(error.text().find("\n          ^"), std::string::npos) << error.text();
}

TEST(SettingsLoad, RefusesEveryKindOfBrokenDocument) {
  for (const char* document : {"a", "a =", "[a", "a = 1\na = 2", "a = \"x", "= 1", "a = \"\xff\"",
                               "a = {b = 1\n}", "[a]\n[a]\n"}) {
    const Error error = syntax_error(document);
    EXPECT_EQ(error.code(), "settings.syntax") << document;
    EXPECT_GT(error.where().line, 0) << document;
    EXPECT_GT(error.where().column, 0) << document;
  }
}

TEST(SettingsLoad, SurvivesDeepNesting) {
  std::string key = "a";
  for (int i = 0; i < 100'000; ++i) key += ".a";
  EXPECT_EQ(syntax_error(key + " = 1").code(), "settings.syntax");
  EXPECT_EQ(syntax_error("x = 1\n[" + key + "]").where().line, 2);
  EXPECT_EQ(syntax_error("a = " + std::string(100'000, '[')).code(), "settings.syntax");
}

TEST(SettingsLoad, ReadsEmptyDocuments) {
  EXPECT_TRUE(load_toml("", "f").empty());
  EXPECT_TRUE(load_toml("# only a comment", "f").empty());
  EXPECT_TRUE(load_toml("[plugins]\n[plugins.docker]\n", "f").empty());
}

TEST(SettingsLoad, FindsLines) {
  EXPECT_EQ(line_of("a\r\nb\n", 1), "a");
  EXPECT_EQ(line_of("a\r\nb\n", 2), "b");
  EXPECT_EQ(line_of("a", 3), "");
}

}  // namespace
}  // namespace fairlead
