#include "base/jsonc.hpp"

#include "base/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace fairlead {
namespace {

std::string read(std::string_view text, bool lenient = false) {
  const auto json = read_jsonc(text, {"devcontainer.json", lenient});
  return json ? json_text(*json) : "nothing";
}

struct Row {
  const char* name;
  std::string text;
  std::string expected;
};

// CFG-011, CFG-012, CFG-013; edge cases 3, 4, 7, 8
TEST(Jsonc, ReadsWhatPeopleWrite) {
  const Row rows[] = {
      {"line comment", "{ // a\n\"a\": 1 // b\n}", R"({"a":1})"},
      {"block comment", "/* x */ {\"a\"/**/:/* : */1/*}*/}", R"({"a":1})"},
      {"comment look-alike", R"({"name":"http://x/*no*/ // no"})",
       R"({"name":"http://x/*no*/ // no"})"},
      {"trailing commas", R"({"a":["-e","A=1",],})", R"({"a":["-e","A=1"]})"},
      {"repeated name", R"({"n":"one","x":1,"n":"two"})", R"({"n":"two","x":1})"},
      {"byte order mark and CRLF", "\xEF\xBB\xBF{\r\n\"a\":\r\n\"b\\r\\n\"\r\n}\r\n",
       R"({"a":"b\r\n"})"},
      {"comment without a line end", "{} // end", "{}"},
      {"scalars", "[true,false,null,\"\",{},[]]", "[true,false,null,\"\",{},[]]"},
      {"numbers", "[0,-0,1.0,1e2,-2.5,1E-7,12345678901234567890]",
       "[0,0,1,100,-2.5,1e-7,12345678901234567000]"},
      {"escapes", R"(["\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00"])",
       "[\"\\\"\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\xF0\x9F\x98\x80\"]"},
      {"a tab in a text", "[\"a\tb\"]", R"(["a\tb"])"},
      {"names that are indices come first in output", R"({"b":1,"10":2,"9":3,"01":4})",
       R"({"9":3,"10":2,"b":1,"01":4})"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.text), row.expected) << row.name;
}

TEST(Jsonc, FindsNothingInBlanksAndComments) {
  for (const char* text : {"", "  \n", "// x", "/* x */\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(read(text), "nothing") << text;
  }
}

struct Fault {
  const char* name;
  std::string text;
  int line;
  int column;
};

TEST(Jsonc, SaysWhereTheFirstFaultIs) {
  const Fault faults[] = {
      {"missing comma", "{\"image\": \"x\" \"name\": 1}", 1, 15},
      {"missing comma on the next line", "{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3},
      {"behind the end", "{}\n x", 2, 2},
      {"never closed object", "{\n \"a\": {\n", 2, 7},
      {"never closed array", "[1, 2", 1, 1},
      {"never closed text", "{\"a\": \"b\n}", 1, 7},
      {"never closed comment", "{} /* x", 1, 4},
      {"missing colon", "{\"a\" 1}", 1, 6},
      {"missing value", "{\"a\": }", 1, 7},
      {"name without quotes", "{a: 1}", 1, 2},
      {"single quotes", "{\"a\": 'b'}", 1, 7},
      {"two commas", "[1,,2]", 1, 4},
      {"comma first", "{,}", 1, 2},
      {"word", "[nope]", 1, 2},
      {"leading zero", "[01]", 1, 2},
      {"lone minus", "[-]", 1, 2},
      {"huge number", "[1e999]", 1, 2},
      {"unknown escape", "[\"a\\q\"]", 1, 4},
      {"half a surrogate pair", R"(["\ud800"])", 1, 3},
      {"columns count characters", "[\"\xC3\xA9\", nope]", 1, 7},
      {"not UTF-8", "[\"\xFF\"]", 1, 3},
      {"overlong UTF-8", "[\"\xC0\x80\"]", 1, 3},
      {"control character", std::string("[\"a\x01\"]"), 1, 4},
  };
  for (const auto& fault : faults) {
    try {
      ADD_FAILURE() << fault.name << " gave " << read(fault.text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.syntax") << fault.name;
      EXPECT_EQ(error.where().file, "devcontainer.json") << fault.name;
      EXPECT_EQ(error.where().line, fault.line) << fault.name << ": " << error.text();
      EXPECT_EQ(error.where().column, fault.column) << fault.name << ": " << error.text();
    }
  }
}

// edge case 5
TEST(Jsonc, RecoversSilentlyWhenLenient) {
  const Row rows[] = {
      {"missing comma", R"({"image": "x" "name": 1 })", R"({"image":"x","name":1})"},
      {"trailing text", R"({"image":"x"} trailing)", R"({"image":"x"})"},
      {"lone brace", "{", "{}"},
      {"unterminated", R"({"a":{"b":[1,2)", R"({"a":{"b":[1,2]}})"},
      {"missing value", R"({"a":,"b":1})", R"({"b":1})"},
      {"missing colon", R"({"a" "b","c":1})", R"({"c":1})"},
      {"foreign words", R"({"a":nope,"b":[x,1]})", R"({"b":[1]})"},
      {"not UTF-8", "{\"a\":\"\xFF\"}", "{\"a\":\"\xEF\xBF\xBD\"}"},
      {"wrong bracket", R"({"a":[1}, "b":2)", R"({"a":[1,"b"]})"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "5",
       "5"},
      {"names of JavaScript", R"({"__proto__":{"a":1},"b":2})", R"({"b":2})"},
      {"half numbers", R"({"a":01,"b":1.,"c":-,"d":.5,"e":1.e5,"f":-x})", R"({"a":0,"b":1,"e":1})"},
      {"a word too much", R"({"a":truex,"b":1 x,"c":[1 x 2]})", R"({"b":1,"c":[1,2]})"},
      {"text without an end", R"({"image":"x","name":"y)", R"({"image":"x","name":"y"})"},
      {"an object behind a text", R"({"a":"b" {"c":1}, "d":2})", R"({"a":"b"})"},
      {"comments without an end", R"({"a":1 /* , "b":2})", R"({"a":1})"},
      // A backslash takes the whole character behind it along, so what is left is text.
      {"escaped letters", "{\"a\":\"x\\qy\\\xE2\x82\xACz\"}", R"({"a":"xyz"})"},
      {"escaped NUL", std::string("{\"a\":\"\\\0b\"}", 12), R"({"a":"b"})"},
      {"escaped bytes that are not UTF-8", "{\"a\":\"\\\xFF\xFFl\"}", "{\"a\":\"\xEF\xBF\xBDl\"}"},
      {"escaped line break", "{\"a\":\"x\\\ny\"}", R"({"a":"xy"})"},
      {"half a number of a character", R"({"a":"\u12zz\ud83d\u0g"})",
       "{\"a\":\"zz\xEF\xBF\xBDg\"}"},
      {"control characters", std::string("{\"a\":\"\0\x1F\"}", 10), R"({"a":"\u0000\u001f"})"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.text, true), row.expected) << row.name;
}

TEST(Jsonc, EndsOnAnyLenientInput) {
  const std::string alphabet = "{}[],:\"\\/*a1-.\n ";
  unsigned state = 7;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      state = state * 1664525U + 1013904223U;
      text += alphabet[(state >> 16U) % alphabet.size()];
    }
    EXPECT_NO_THROW(read(text, true)) << text;
  }
}

TEST(Jsonc, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(read(nested(512)));
  for (const bool lenient : {false, true}) {
    try {
      read(std::string(1000000, '['), lenient);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.depth");
    }
  }
}

TEST(Jsonc, TakesLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 99000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  text += "\"k5\":2}";
  const auto begin = std::chrono::steady_clock::now();
  const auto json = read_jsonc(text, {});
  // Quadratic look-ups would take minutes; the bound leaves room for sanitizers and busy machines.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(json->size(), 99000U);
}

// A fault for each value of a line of megabytes: their places must not cost a walk each.
TEST(Jsonc, JudgesALongLineInLinearTime) {
  std::string text = "{\"a\":[";
  for (int i = 0; i < 90000; ++i) text += "nope \xE2\x82\xAC,";
  const auto begin = std::chrono::steady_clock::now();
  JsoncFindings findings;
  read_jsonc(text, {.file = "f", .lenient = true, .findings = &findings});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  ASSERT_EQ(findings.faults.size(), 1U);
  EXPECT_EQ(findings.faults.front().where().column, 7);
}

TEST(Jsonc, TellsOneFaultALine) {
  JsoncFindings findings;
  read_jsonc("{\n\"a\": [nope, nope],\n\"b\": nope nope\n",
             {.file = "f", .lenient = true, .findings = &findings});
  std::string lines;
  for (const auto& fault : findings.faults) lines += std::to_string(fault.where().line) + ' ';
  EXPECT_EQ(lines, "2 3 1 ");
}

TEST(SourceMap, KnowsWhereValuesAndNamesStand) {
  const SourceMap map("{\n  \"a\": [1,\n    {\"b/c\": true}],\n  \"d\": null\n}",
                      {"f.json", false});
  const auto values = map.locate({"/a/1/b~1c", "/d", "/a/0", "/nowhere", "/a/7"});
  const int expected[][2] = {{3, 13}, {4, 8}, {2, 9}, {1, 1}, {2, 8}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i].line, expected[i][0]) << i;
    EXPECT_EQ(values[i].column, expected[i][1]) << i;
  }
  EXPECT_EQ(map.locate({"/d"}, true)[0].column, 3);
  EXPECT_EQ(map.locate({"/d"})[0].text, "  \"d\": null");
}

TEST(JsonText, WritesNumbersAsJavaScriptDoes) {
  const std::pair<double, const char*> rows[] = {
      {0.1, "0.1"},
      {1e21, "1e+21"},
      {1e20, "100000000000000000000"},
      {1e-6, "0.000001"},
      {1e-7, "1e-7"},
      {1.5e300, "1.5e+300"},
      {-2.5, "-2.5"},
      {123456.789, "123456.789"},
      {5e-324, "5e-324"},
  };
  for (const auto& [number, text] : rows) EXPECT_EQ(json_number(number), text);
}

}  // namespace
}  // namespace fairlead
