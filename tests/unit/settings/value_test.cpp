#include "settings/value.hpp"

#include "settings/value_json.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

using Items = std::vector<std::string>;

/// The value as TOML, or "! " and the fault.
std::string shown(const RawValue& raw, SettingType type) {
  const auto read = value_of(raw, type);
  if (const auto* fault = std::get_if<std::string>(&read)) return "! " + *fault;
  return to_toml(std::get<SettingValue>(read));
}

TEST(SettingsValue, ReadsTextByTheTypeOfTheSetting) {
  struct Case {
    const char* text;
    SettingType type;
    const char* value;
  };
  const Case cases[] = {
      {"a b", SettingType::string, "\"a b\""},
      {"", SettingType::string, "\"\""},
      {"true", SettingType::boolean, "true"},
      {"false", SettingType::boolean, "false"},
      {"yes", SettingType::boolean, "! true or false expected, not 'yes'"},
      {"-12", SettingType::integer, "-12"},
      {"12s", SettingType::integer, "! an integer expected, not '12s'"},
      {"", SettingType::integer, "! an integer expected, not ''"},
      {"99999999999999999999", SettingType::integer,
       "! an integer expected, not '99999999999999999999'"},
      {"a,b", SettingType::strings, "[\"a\", \"b\"]"},
      {",a,,", SettingType::strings, "[\"a\"]"},
      {"", SettingType::strings, "[]"},
      {"[\"a,b\", \"c\"]", SettingType::strings, "[\"a,b\", \"c\"]"},
      {"[]", SettingType::strings, "[]"},
      {"[1]", SettingType::strings, "! an array of strings expected, not '[1]'"},
      {"[", SettingType::strings, "! an array of strings expected, not '['"},
  };
  for (const auto& item : cases) {
    EXPECT_EQ(shown(UntypedText{item.text}, item.type), item.value) << item.text;
  }
}

TEST(SettingsValue, ChecksTypedValues) {
  EXPECT_EQ(shown(std::string("x"), SettingType::string), "\"x\"");
  EXPECT_EQ(shown(std::string("true"), SettingType::boolean),
            "! true or false expected, not a string");
  EXPECT_EQ(shown(std::int64_t{1}, SettingType::boolean),
            "! true or false expected, not an integer");
  EXPECT_EQ(shown(true, SettingType::string), "! a string expected, not true or false");
  EXPECT_EQ(shown(Items{"a"}, SettingType::string), "! a string expected, not an array of strings");
  EXPECT_EQ(shown(ForeignValue{"a date or time"}, SettingType::integer),
            "! an integer expected, not a date or time");
}

TEST(SettingsValue, ReadsJson) {
  EXPECT_EQ(std::get<std::string>(value_of_json("\"\\u00e9\"")), "é");
  EXPECT_TRUE(std::get<bool>(value_of_json("true")));
  EXPECT_EQ(std::get<std::int64_t>(value_of_json("-3")), -3);
  EXPECT_EQ(std::get<std::int64_t>(value_of_json("3")), 3);
  EXPECT_EQ(std::get<Items>(value_of_json("[\"a\"]")), Items{"a"});
  for (const char* text : {"1.5", "null", "{}", "[1]", "[[]]", "18446744073709551615", "", "tru"}) {
    EXPECT_TRUE(std::holds_alternative<ForeignValue>(value_of_json(text))) << text;
  }
}

TEST(SettingsValue, WritesToml) {
  EXPECT_EQ(to_toml(std::string("a\"b\\c\n\x7f é")), "\"a\\\"b\\\\c\\u000a\\u007f é\"");
  EXPECT_EQ(to_toml(std::int64_t{-1}), "-1");
  EXPECT_EQ(to_toml(Items{}), "[]");
}

TEST(SettingsValue, WritesJsonWhateverTheBytes) {
  EXPECT_EQ(json_object({}), "{}");
  EXPECT_EQ(json_object({{"a", std::string("x\"")}, {"b", Items{"1"}}, {"c", false}}),
            "{\"a\":\"x\\\"\",\"b\":[\"1\"],\"c\":false}");
  EXPECT_EQ(json_object({{"a", std::string("\xff")}}), "{\"a\":\"\xef\xbf\xbd\"}");
}

TEST(SettingsValue, NamesTypes) {
  for (const auto type :
       {SettingType::string, SettingType::boolean, SettingType::integer, SettingType::strings}) {
    EXPECT_EQ(setting_type(to_string(type)), type);
  }
  EXPECT_FALSE(setting_type("float"));
}

}  // namespace
}  // namespace fairlead
