#include "commands/logged_output.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <mutex>
#include <vector>

namespace fairlead::cli {
namespace {

class Pieces final : public EventSink {
 public:
  void on_event(const LogEvent& event) override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(event.kind, LogEvent::Kind::raw);
    EXPECT_EQ(event.level, LogLevel::debug);
    pieces.push_back(event.text);
  }
  std::vector<std::string> pieces;

 private:
  std::mutex mutex_;
};

void say(const UniqueFd& to, std::string_view text) {
  ASSERT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

std::string together(const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& piece : pieces) all += piece;
  return all;
}

TEST(LoggedOutput, LogsAllThatIsWritten) {
  Pieces log;
  {
    const LoggedOutput output(log);
    auto out = output.end();
    const auto err = output.end();
    say(out, "one\n");
    say(err, "two\n");
    out.reset();
    say(err, "three");
  }
  EXPECT_EQ(together(log.pieces), "one\ntwo\nthree");
}

TEST(LoggedOutput, CutsNoCharacter) {
  Pieces log;
  {
    const LoggedOutput output(log);
    const auto out = output.end();
    for (const char byte : std::string_view("\xE2\x82\xAC\xF0\x9F\x98\x80 \xC3"))
      say(out, {&byte, 1});
  }
  ASSERT_FALSE(log.pieces.empty());
  for (const auto& piece : log.pieces) EXPECT_NE(piece, "\xE2");
  EXPECT_EQ(together(log.pieces), "\xE2\x82\xAC\xF0\x9F\x98\x80 \xC3") << "what never ends, too";
}

TEST(LoggedOutput, WaitsForNobodyWhoKeepsTheOtherEnd) {
  Pieces log;
  UniqueFd kept;
  {
    const LoggedOutput output(log);
    kept = output.end();
    say(kept, "said");
  }
  EXPECT_EQ(together(log.pieces), "said");
}

TEST(LoggedOutput, KnowsWhatIsUnfinished) {
  const std::pair<std::string_view, std::size_t> rows[] = {{"", 0},
                                                           {"a", 0},
                                                           {"\xC3", 1},
                                                           {"\xC3\xA9", 0},
                                                           {"\xE2\x82", 2},
                                                           {"\xE2\x82\xAC", 0},
                                                           {"\xF0\x9F\x98", 3},
                                                           {"\xF0\x9F\x98\x80", 0},
                                                           {"\x82\x82\x82\x82", 0}};
  for (const auto& [text, size] : rows) EXPECT_EQ(unfinished_utf8(text), size) << text;
}

}  // namespace
}  // namespace fairlead::cli
