#include "progress_log.hpp"

#include <gtest/gtest.h>

namespace fairlead::cli {
namespace {

using Kind = LogEvent::Kind;
using State = LogEvent::State;

LogEvent event(Kind kind, std::string text, std::int64_t at, LogLevel level = LogLevel::info) {
  LogEvent result;
  result.kind = kind;
  result.level = level;
  result.timestamp_ms = at;
  result.text = std::move(text);
  return result;
}

LogEvent stop(std::string text, std::int64_t started, std::int64_t at, State state) {
  LogEvent result = event(Kind::stop, std::move(text), at);
  result.start_timestamp_ms = started;
  result.state = state;
  return result;
}

// What stands on a terminal after `written`: lines, with the two movements that the display uses.
std::string screen_after(const std::string& written) {
  std::vector<std::string> lines = {""};
  for (std::size_t i = 0; i < written.size();) {
    if (written.compare(i, 3, "\r\x1b[") == 0) {
      const std::size_t end = written.find('A', i);
      const std::size_t rows = std::stoul(written.substr(i + 3, end - i - 3));
      lines.resize(lines.size() - std::min(rows, lines.size() - 1));
      lines.back().clear();
      i = end + 1 + 3;  // and ESC [ J
    } else if (written[i] == '\n') {
      lines.emplace_back();
      ++i;
    } else {
      lines.back() += written[i++];
    }
  }
  std::string text;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) text += lines[i] + '\n';
  return text + lines.back();
}

struct Display {
  std::string written;
  std::size_t columns = 80;
  ProgressLog log;

  explicit Display(bool unicode = true, LogLevel least = LogLevel::info)
      : log([this](std::string_view text) { written += text; },
            ProgressStyle{.colour = false,
                          .unicode = unicode,
                          .least = least,
                          .ticking = false,
                          .columns = [this] { return columns; }}) {}
  std::string screen() const { return screen_after(written); }
};

TEST(ProgressLog, ShowsRunningStepsWithTheirLastLine) {
  Display display;
  display.log.on_event(event(Kind::start, "Building image", 1000));
  display.log.on_event(event(Kind::raw, "step 1\r\nstep 2\r\n", 2500, LogLevel::debug));
  EXPECT_EQ(display.screen(), "⠋ Building image  1.5 s\n    step 2\n");
}

TEST(ProgressLog, LeavesOneLineWhenAStepIsDone) {
  Display display;
  display.log.on_event(event(Kind::start, "Building image", 1000));
  display.log.on_event(event(Kind::raw, "step 1\n", 1100, LogLevel::debug));
  display.log.on_event(event(Kind::start, "Pulling", 1200));
  display.log.on_event(stop("Building image", 1000, 13'000, State::succeeded));
  EXPECT_EQ(display.screen(), "✔ Building image (12 s)\n⠋ Pulling  11 s\n");
}

TEST(ProgressLog, UnfoldsTheOutputOfAFailedStep) {
  Display display(false);
  display.log.on_event(event(Kind::start, "Building image", 1000));
  display.log.on_event(event(Kind::raw,
                             "step 1\nno sp\xc3\xa4"
                             "ce\n",
                             1100, LogLevel::debug));
  display.log.on_event(stop("Building image", 1000, 1400, State::failed));
  EXPECT_EQ(display.screen(), "[failed] Building image (0.4 s)\n    step 1\n    no sp?ce\n");
}

TEST(ProgressLog, ShowsLifecycleCommandsAsSteps) {
  Display display;
  LogEvent running = event(Kind::progress, "Running postCreateCommand...", 1000);
  running.step_detail = "make";
  display.log.on_event(running);
  EXPECT_EQ(display.screen(), "⠋ Running postCreateCommand...  0.0 s\n    make\n");
  LogEvent ended = event(Kind::progress, "Running postCreateCommand...", 3000);
  ended.state = State::failed;
  display.log.on_event(ended);
  EXPECT_EQ(display.screen(), "✖ Running postCreateCommand... (2.0 s)\n");
}

TEST(ProgressLog, KeepsTextAboveTheRunningSteps) {
  Display display;
  display.log.on_event(event(Kind::start, "Up", 1000));
  display.log.on_event(event(Kind::text, "careful", 1000, LogLevel::warning));
  display.log.on_event(event(Kind::text, "hidden", 1000, LogLevel::debug));
  EXPECT_EQ(display.screen(), "warning: careful\n⠋ Up  0.0 s\n");
}

TEST(ProgressLog, HidesStepsBelowItsLevelButShowsTheirOutput) {
  Display display;
  display.log.on_event(event(Kind::start, "Building", 1000));
  display.log.on_event(event(Kind::start, "POST /build", 1000, LogLevel::debug));
  display.log.on_event(event(Kind::raw, "layer 3\n", 1000, LogLevel::debug));
  EXPECT_EQ(display.screen(), "⠋ Building  0.0 s\n    layer 3\n");
}

TEST(ProgressLog, FollowsANarrowerTerminal) {
  Display display;
  display.log.on_event(event(Kind::start, std::string(60, 'x'), 1000));  // 69 columns wide
  display.written.clear();
  display.columns = 40;
  display.log.on_event(event(Kind::text, "next", 1000));
  EXPECT_EQ(display.written, "\r\x1b[2A\x1b[Jnext\n⠋ " + std::string(37, 'x') + '\n');
}

TEST(ProgressLog, TakesItsLinesAwayAtTheEnd) {
  std::string written;
  {
    ProgressLog log([&](std::string_view text) { written += text; },
                    ProgressStyle{.unicode = true, .columns = [] { return std::size_t{80}; }});
    log.on_event(event(Kind::start, "Up", 1000));
  }
  EXPECT_EQ(screen_after(written), "");
}

TEST(ProgressLog, WritesAgesForPeople) {
  EXPECT_EQ(elapsed_text(0), "0.0 s");
  EXPECT_EQ(elapsed_text(9'999), "9.9 s");
  EXPECT_EQ(elapsed_text(12'300), "12 s");
  EXPECT_EQ(elapsed_text(185'000), "3 min 05 s");
}

}  // namespace
}  // namespace fairlead::cli
