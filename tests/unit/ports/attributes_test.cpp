#include "ports/attributes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace fairlead::ports {
namespace {

PortRules rules_of(const std::string& text) {
  return PortRules(nlohmann::ordered_json::parse(text));
}

struct Case {
  const char* what;
  const char* attributes;  ///< of portsAttributes
  PortSubject subject;
  const char* label;  ///< that it gets
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      // PORT-006
      {"number", R"("3000": {"label": "a"})", {.port = 3000}, "a"},
      {"another number", R"("3000": {"label": "a"})", {.port = 3001}, ""},
      {"number of a companion", R"("3000": {"label": "a"})", {.host = "db", .port = 3000}, ""},
      {"host:port", R"("db:5432": {"label": "a"})", {.host = "db", .port = 5432}, "a"},
      {"host:port of oneself", R"("localhost:80": {"label": "a"})", {.port = 80}, "a"},
      {"127.0.0.1", R"("80": {"label": "a"})", {.host = "127.0.0.1", .port = 80}, "a"},
      {"host with hyphens",
       R"("my-db-1:80": {"label": "a"})",
       {.host = "my-db-1", .port = 80},
       "a"},
      {"another host", R"("db:5432": {"label": "a"})", {.port = 5432}, ""},
      // PORT-007
      {"first of a range", R"("40000-55000": {"label": "a"})", {.port = 40000}, "a"},
      {"last of a range", R"("40000-55000": {"label": "a"})", {.port = 55000}, "a"},
      {"behind a range", R"("40000-55000": {"label": "a"})", {.port = 55001}, ""},
      // PORT-008
      {"pattern",
       R"(".+\\/server.js": {"label": "a"})",
       {.port = 1, .command = "node /app/server.js"},
       "a"},
      {"pattern, other command",
       R"(".+\\/server.js": {"label": "a"})",
       {.port = 1, .command = "python"},
       ""},
      {"pattern, no command", R"("node": {"label": "a"})", {.port = 1}, ""},
      {"no pattern at all", R"("(": {"label": "a"})", {.port = 1, .command = "("}, ""},
      {"empty key", R"("": {"label": "a"})", {.port = 1, .command = "x"}, ""},
      {"too hard a pattern",
       R"("(a+)+$": {"label": "a"})",
       {.port = 1, .command = std::string(3000, 'a') + "b"},
       ""},
      // which one wins
      {"exact over range", R"("1-9": {"label": "r"}, "5": {"label": "n"})", {.port = 5}, "n"},
      {"exact over range, turned",
       R"("5": {"label": "n"}, "1-9": {"label": "r"})",
       {.port = 5},
       "n"},
      {"first range", R"("1-9": {"label": "r"}, "2-8": {"label": "s"})", {.port = 5}, "r"},
      {"member by member",
       R"("5": {"protocol": "https"}, "1-9": {"label": "r"})",
       {.port = 5},
       "r"},
      {"not of the right type", R"("5": {"label": 5}, "6": 7)", {.port = 5}, ""},
  };
  return all;
}

TEST(PortAttributesTest, FindsTheKeyThatMatches) {  // PORT-006, PORT-007, PORT-008, PORT-010
  for (const auto& test : cases()) {
    const auto rules = rules_of(std::string(R"({"portsAttributes": {)") + test.attributes + "}}");
    EXPECT_EQ(rules.of(test.subject).label, test.label) << test.what;
  }
}

TEST(PortAttributesTest, GivesOthersToWhatNoKeyNames) {  // PORT-009
  const auto rules = rules_of(R"({"portsAttributes": {"1": {"label": "one"}},
      "otherPortsAttributes": {"onAutoForward": "ignore", "label": "other"}})");
  EXPECT_EQ(rules.of({.port = 2}).label, "other");
  EXPECT_EQ(rules.of({.port = 2}).on_auto_forward, "ignore");
  EXPECT_EQ(rules.of({.port = 1}).label, "one");
  EXPECT_EQ(rules.of({.port = 1}).on_auto_forward, "notify");
}

TEST(PortAttributesTest, HasDefaults) {  // PORT-010, PORT-011, PORT-012, PORT-013, PORT-014
  const auto plain = PortRules().of({.port = 1});
  EXPECT_EQ(plain.label, "");
  EXPECT_EQ(plain.protocol, "");
  EXPECT_EQ(plain.on_auto_forward, "notify");
  EXPECT_FALSE(plain.require_local_port);
  EXPECT_FALSE(plain.elevate_if_needed);
}

TEST(PortAttributesTest, TakesWhatIsNoObjectAsAbsent) {
  EXPECT_EQ(
      rules_of(R"({"portsAttributes": [1], "otherPortsAttributes": 1})").of({.port = 1}).label, "");
  EXPECT_EQ(rules_of("[]").of({.port = 1}).label, "");
}

}  // namespace
}  // namespace fairlead::ports
