#include "log_sinks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace fairlead::cli {
namespace {

class Recorder final : public EventSink {
 public:
  void on_event(const LogEvent& event) override { events.push_back(event); }
  std::vector<LogEvent> events;
};

TEST(HeaderLog, SpeaksOnceBeforeTheFirstEvent) {
  Recorder recorder;
  HeaderLog sink(recorder, "header");
  const Log log(sink);
  log.text(LogLevel::debug, "one");
  log.text(LogLevel::debug, "two");
  ASSERT_EQ(recorder.events.size(), 3U);
  EXPECT_EQ(recorder.events[0].text, "header");
  EXPECT_EQ(recorder.events[0].level, LogLevel::info);
  EXPECT_EQ(recorder.events[1].text, "one");
}

TEST(ProgressLines, SayHowACommandEnded) {
  Recorder recorder;
  ProgressLines sink(recorder);
  const Log log(sink);
  log.progress("Running postCreateCommand...", LogEvent::State::running, "make");
  log.progress("Running postCreateCommand...", LogEvent::State::failed);
  EXPECT_EQ(recorder.events[0].text, "Running postCreateCommand...: make");
  EXPECT_EQ(recorder.events[1].text, "Running postCreateCommand... failed");
  EXPECT_EQ(recorder.events[1].level, LogLevel::error);
}

TEST(ProgressLines, LeaveNoEmptyLinesOfOutput) {
  Recorder recorder;
  ProgressLines sink(recorder);
  const Log log(sink);
  log.raw("one\r\n\n", LogLevel::info);
  log.raw("\r\n", LogLevel::info);
  log.raw("\ntwo\nthree", LogLevel::info);
  ASSERT_EQ(recorder.events.size(), 2U);
  EXPECT_EQ(recorder.events[0].text, "one");
  EXPECT_EQ(recorder.events[1].text, "\ntwo\nthree");
}

TEST(LogStep, TellsWhetherAnExceptionEndedIt) {
  Recorder recorder;
  const Log log(recorder);
  { const LogStep step(log, "fine"); }
  try {
    const LogStep step(log, "broken");
    throw std::runtime_error("x");
  } catch (const std::runtime_error&) {
    const LogStep cleaning(log, "cleaning up");
  }
  ASSERT_EQ(recorder.events.size(), 6U);
  EXPECT_EQ(recorder.events[1].state, LogEvent::State::succeeded);
  EXPECT_EQ(recorder.events[3].state, LogEvent::State::failed);
  EXPECT_EQ(recorder.events[5].state, LogEvent::State::succeeded);
  EXPECT_EQ(recorder.events[1].start_timestamp_ms, recorder.events[0].timestamp_ms);
}

TEST(JsonLog, NeverTearsLinesOfParallelThreads) {
  std::string text;
  JsonLog sink([&](std::string_view line) { text += line; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) Log(sink).text(LogLevel::info, std::string(50, 'x'));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 800);
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    ASSERT_EQ(text.substr(at, 8), "{\"type\":");
  }
}

}  // namespace
}  // namespace fairlead::cli
