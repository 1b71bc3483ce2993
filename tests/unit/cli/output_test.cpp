#include "error_text.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "table.hpp"
#include "utf8.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead::cli {
namespace {

Error sample() {
  return Error(Status::invalid, "config.syntax", "expected a comma", "put a ',' here")
      .at({"devcontainer.json", 3, 4, "\t\xc3\xa4 x"})
      .note("reading the configuration");
}

TEST(ErrorText, ShowsPlaceLineAndCaret) {
  EXPECT_EQ(error_text(sample(), Mode::fairlead, false),
            "error: expected a comma [config.syntax]\n"
            "  at devcontainer.json:3:4\n"
            "    \t\xc3\xa4 x\n"
            "    \t  ^\n"
            "  while reading the configuration\n"
            "hint: put a ',' here\n");
}

TEST(ErrorText, ColoursOnlyWhenAsked) {
  EXPECT_NE(error_text(sample(), Mode::fairlead, true).find("\x1b[1;31merror:\x1b[0m"),
            std::string::npos);
}

TEST(ErrorText, IsShortWhenThereIsNothingToAdd) {
  EXPECT_EQ(error_text(Error(Status::failed, "x", "no"), Mode::fairlead, false), "error: no [x]\n");
}

TEST(ErrorText, BeginsAsTheReferencesForTheDropIn) {
  EXPECT_EQ(error_text(Error(Status::failed, "x", "no", "hint").note("n"), Mode::drop_in, true),
            "Error: no\n");
}

TEST(ErrorJson, HasTheReferencesKeysAndOurs) {
  EXPECT_EQ(error_json(sample(), "It failed.", Mode::drop_in),
            "{\"outcome\":\"error\",\"message\":\"expected a comma\",\"description\":\"It "
            "failed.\"}\n");
  EXPECT_EQ(error_json(sample(), "", Mode::fairlead),
            "{\"outcome\":\"error\",\"message\":\"expected a comma\",\"description\":\"expected a "
            "comma\",\"code\":\"config.syntax\",\"status\":\"invalid\",\"hint\":\"put a ',' "
            "here\",\"file\":\"devcontainer.json\",\"line\":3,\"column\":4}\n");
}

Diagnostic warning() {
  return {Severity::warning,
          "config.unknown",
          "unknown property \"imag\"",
          "did you mean 'image'?",
          {"a/devcontainer.json", 2, 3, "  \"imag\": 1"}};
}

TEST(DiagnosticText, HasTheFormThatEditorsRead) {
  EXPECT_EQ(diagnostic_text(warning(), false),
            "a/devcontainer.json:2:3: warning: unknown property \"imag\" [config.unknown]\n"
            "      \"imag\": 1\n"
            "      ^\n"
            "    hint: did you mean 'image'?\n");
  EXPECT_NE(diagnostic_text(warning(), true).find("\x1b[1;33mwarning:\x1b[0m"), std::string::npos);
}

TEST(DiagnosticJson, HasEverything) {
  EXPECT_EQ(
      diagnostic_json(warning()),
      R"({"severity":"warning","code":"config.unknown","message":"unknown property \"imag\"",)"
      R"("hint":"did you mean 'image'?","line":2,"column":3,"text":"  \"imag\": 1"})");
}

TEST(Table, AlignsByWhatIsSeen) {
  Table table({"NAME", "STATE"});
  EXPECT_TRUE(table.empty());
  table.add({"\xe6\xbc\xa2\xe5\xad\x97", "running"});
  table.add({"abcdef"});
  EXPECT_EQ(table.text(), "NAME    STATE\n\xe6\xbc\xa2\xe5\xad\x97    running\nabcdef\n");
}

TEST(Utf8, MeasuresAndCutsWholeCharacters) {
  EXPECT_EQ(display_width("\x1b[31mab\x1b[0m"), 2U);
  EXPECT_EQ(display_width("\xf0\x9f\x98\x80"), 2U);
  EXPECT_EQ(fit_width("a\xe6\xbc\xa2\xe5\xad\x97", 4), "a\xe6\xbc\xa2");
  EXPECT_EQ(without_escapes("\x1b]0;title\x07x\x1b[2Ky"), "xy");
  EXPECT_FALSE(next_utf8("\xe6\xbc").valid);
}

TEST(JsonText, EscapesAsJavaScriptDoes) {
  EXPECT_EQ(json_string("\b\f\x01/\x7f"), "\"\\b\\f\\u0001/\x7f\"");
}

TEST(Session, ChoosesTheModeByName) {
  EXPECT_EQ(mode_of("/usr/bin/devcontainer"), Mode::drop_in);
  EXPECT_EQ(mode_of("devcontainer"), Mode::drop_in);
  EXPECT_EQ(mode_of("./fairlead"), Mode::fairlead);
  Session session;
  session.executable = "/opt/fairlead/bin/fairlead";
  EXPECT_EQ(install_prefix(session), "/opt/fairlead");
}

}  // namespace
}  // namespace fairlead::cli
