#include "base/secret_mask.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

class Recorder final : public EventSink {
 public:
  void on_event(const LogEvent& event) override { events.push_back(event); }
  std::vector<LogEvent> events;
};

TEST(SecretMask, ReplacesTheLongestFirst) {  // SEC-004
  Recorder recorder;
  SecretMask sink(recorder);
  sink.add({"abc", "", "abcdef"});
  const Log log(sink);
  log.raw("x abcdef abc y");
  log.progress("hook", LogEvent::State::running, "echo abc");
  EXPECT_EQ(recorder.events[0].text, "x ******** ******** y");
  EXPECT_EQ(recorder.events[1].step_detail, "echo ********");
  sink.add({"y"});
  EXPECT_EQ(sink.masked("abcy"), "****************");
}

TEST(SecretMask, KnowsLinesAsATerminalShowsThem) {  // SEC-003
  Recorder recorder;
  SecretMask sink(recorder);
  sink.add({"one\ntwo\n"});
  EXPECT_EQ(sink.masked("[one\r\ntwo\r\n]"), "[********]");
  EXPECT_EQ(sink.masked("[one\ntwo]"), "[********]");
}

/// Everything that a stream shows of `text` in pieces of `size` bytes.
std::string in_pieces(const SecretMask& mask, const std::string& text, std::size_t size) {
  MaskedStream stream(mask);
  std::string shown;
  for (std::size_t at = 0; at < text.size(); at += size)
    shown += stream.feed(text.substr(at, size));
  return shown + stream.finish();
}

TEST(SecretMask, FindsWhatIsSplitOverWrites) {  // SEC-004
  Recorder recorder;
  SecretMask mask(recorder);
  mask.add({"secret-value", "secret", "aa"});
  const std::string text = "a secret-value, a secret-valve, aaa and sec";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    EXPECT_EQ(in_pieces(mask, text, size), "a ********, a ********-valve, ********a and sec")
        << size;
  }
}

TEST(SecretMask, HoldsNothingBackWithoutNeed) {
  Recorder recorder;
  SecretMask mask(recorder);
  MaskedStream stream(mask);
  EXPECT_EQ(stream.feed("half a li"), "half a li");
  mask.add({"secret"});
  EXPECT_EQ(stream.feed("ne\n"), "ne\n");
  EXPECT_EQ(stream.feed("not a se"), "not a ");
  EXPECT_EQ(stream.finish(), "se");
}

}  // namespace
}  // namespace fairlead
