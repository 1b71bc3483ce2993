#include "log_format.hpp"

#include <gtest/gtest.h>

namespace fairlead::cli {
namespace {

using Kind = LogEvent::Kind;

constexpr std::int64_t moment = 1795284426912;  // 2026-11-21T18:07:06.912Z

LogEvent event(Kind kind, std::string text, LogLevel level = LogLevel::info) {
  LogEvent result;
  result.kind = kind;
  result.level = level;
  result.timestamp_ms = moment;
  result.text = std::move(text);
  result.start_timestamp_ms = moment - 36;
  return result;
}

std::string plain(const LogEvent& e, LogLevel least = LogLevel::trace) {
  return plain_log_text(e, least).value_or("(absent)");
}

std::string on_terminal(const LogEvent& e, LogLevel least = LogLevel::trace) {
  return terminal_log_text(e, least, moment - 40).value_or("(absent)");
}

// Golden texts below were taken from the reference at work (reference-cli 1.4).
TEST(PlainLog, StampsEveryEvent) {
  EXPECT_EQ(plain(event(Kind::text, "hello")), "[2026-11-21T18:07:06.912Z] hello\n");
  EXPECT_EQ(plain(event(Kind::start, "Run: docker -v")),
            "[2026-11-21T18:07:06.912Z] Start: Run: docker -v\n");
  EXPECT_EQ(plain(event(Kind::stop, "Run: docker -v")),
            "[2026-11-21T18:07:06.912Z] Stop (36 ms): Run: docker -v\n");
}

TEST(PlainLog, EndsWithOneNewlineAndWithoutEscapes) {
  EXPECT_EQ(plain(event(Kind::text, "\x1b[1m\x1b[31mbad\x1b[39m\x1b[22m\r\n")),
            "[2026-11-21T18:07:06.912Z] bad\n");
  EXPECT_EQ(plain(event(Kind::raw, "a\n\n")), "[2026-11-21T18:07:06.912Z] a\n\n");
}

TEST(PlainLog, FiltersByLevelAndKind) {
  EXPECT_EQ(plain(event(Kind::text, "x", LogLevel::debug), LogLevel::info), "(absent)");
  EXPECT_EQ(plain(event(Kind::stop, "x"), LogLevel::info), "(absent)");
  EXPECT_NE(plain(event(Kind::stop, "x"), LogLevel::debug), "(absent)");
  EXPECT_EQ(plain(event(Kind::progress, "x")), "(absent)");
}

TEST(TerminalLog, ColoursAgesAndNumbers) {
  EXPECT_EQ(on_terminal(event(Kind::text, "Exit code 1")),
            "[\x1b[1m\x1b[38;2;99;143;79m40 ms\x1b[39m\x1b[22m] Exit code "
            "\x1b[1m\x1b[38;2;86;156;214m1\x1b[39m\x1b[22m\r\n");
  EXPECT_EQ(on_terminal(event(Kind::start, "Run: docker -v")),
            "\x1b[1m\x1b[38;2;99;143;79m[40 ms] Start\x1b[39m\x1b[22m: Run: docker -v\r\n");
  EXPECT_EQ(on_terminal(event(Kind::stop, "Run: docker -v")),
            "\x1b[1m\x1b[38;2;143;99;79m[40 ms] Stop\x1b[39m\x1b[22m (36 ms): Run: docker -v\r\n");
  EXPECT_EQ(on_terminal(event(Kind::start, "Run"), LogLevel::info),
            "[\x1b[1m\x1b[38;2;99;143;79m40 ms\x1b[39m\x1b[22m] Start: Run\r\n");
  EXPECT_EQ(on_terminal(event(Kind::stop, "Run"), LogLevel::debug), "(absent)");
}

TEST(TerminalLog, ColoursOnlyNumbersThatStandAlone) {
  const std::string head = "[\x1b[1m\x1b[38;2;99;143;79m40 ms\x1b[39m\x1b[22m] ";
  const std::string header = "@devcontainers/cli 0.89.0. Node.js v20.20.2. linux 6.18-fc x64.";
  EXPECT_EQ(on_terminal(event(Kind::text, header)), head + header + "\r\n");
  EXPECT_EQ(on_terminal(event(Kind::text, "20.10.24+dfsg1\r\n")),
            head + "\x1b[1m\x1b[38;2;86;156;214m20.10.24\x1b[39m\x1b[22m+dfsg1\r\n");
}

TEST(TerminalLog, PassesRawOutputOn) {
  EXPECT_EQ(on_terminal(event(Kind::raw, "50%\r\x1b[K")), "50%\r\x1b[K");
}

TEST(JsonLog, WritesTheReferencesObjects) {
  EXPECT_EQ(json_log_line(event(Kind::text, "a\"\\\x1b\n\xc3\xa4", LogLevel::debug)),
            "{\"type\":\"text\",\"level\":2,\"timestamp\":1795284426912,"
            "\"text\":\"a\\\"\\\\\\u001b\\n\xc3\xa4\"}\n");
  EXPECT_EQ(json_log_line(event(Kind::stop, "x")),
            "{\"type\":\"stop\",\"level\":3,\"timestamp\":1795284426912,\"text\":\"x\","
            "\"startTimestamp\":1795284426876}\n");
  LogEvent progress = event(Kind::progress, "Running postCreateCommand...");
  progress.step_detail = "make";
  EXPECT_EQ(json_log_line(progress),
            "{\"type\":\"progress\",\"name\":\"Running postCreateCommand...\","
            "\"status\":\"running\",\"stepDetail\":\"make\"}\n");
  progress.state = LogEvent::State::failed;
  progress.step_detail.clear();
  EXPECT_EQ(json_log_line(progress),
            "{\"type\":\"progress\",\"name\":\"Running postCreateCommand...\","
            "\"status\":\"failed\"}\n");
}

TEST(JsonLog, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(json_log_line(event(Kind::raw, "\xff\xc0\x80\xed\xa0\x80")),
            "{\"type\":\"raw\",\"level\":3,\"timestamp\":1795284426912,\"text\":\""
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}\n");
}

}  // namespace
}  // namespace fairlead::cli
