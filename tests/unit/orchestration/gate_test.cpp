#include "engine/host_shell/gate.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace fairlead {
namespace {

struct Ends {
  UniqueFd read;
  UniqueFd write;
};

Ends new_ends() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void say(const UniqueFd& fd, const std::string& text) {
  EXPECT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

/// What comes within the time; empty: nothing.
std::string heard(const UniqueFd& fd, int limit_ms = 10'000) {
  pollfd ready{fd.get(), POLLIN, 0};
  if (::poll(&ready, 1, limit_ms) <= 0) return {};
  std::array<char, 256> buffer{};
  const auto got = ::read(fd.get(), buffer.data(), buffer.size());
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

class GateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "gateXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ASSERT_EQ(::mkfifo(fifo().c_str(), 0600), 0);
    auto in = new_ends();
    auto out = new_ends();
    asks_ = std::move(in.write);
    hears_ = std::move(out.read);
    gate_ = std::make_unique<Gate>(fifo(), std::move(in.read), std::move(out.write));
    there_hears_ = gate_->take_in();
    there_says_ = gate_->take_out();
  }
  void TearDown() override {
    asks_.reset();
    there_says_.reset();
    gate_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string fifo() const { return folder_ / "fifo"; }

  std::filesystem::path folder_;
  UniqueFd asks_;  ///< Unison's
  UniqueFd hears_;
  UniqueFd there_hears_;  ///< the host's
  UniqueFd there_says_;
  std::unique_ptr<Gate> gate_;
};

TEST_F(GateTest, KeepsTheLastAnswerUntilItIsOpened) {
  say(asks_, "hello");
  EXPECT_EQ(heard(there_hears_), "hello");
  say(there_says_, "welcome");
  EXPECT_EQ(heard(hears_), "welcome");
  say(asks_, "xx loadAr");
  EXPECT_EQ(heard(there_hears_), "xx loadAr");
  say(asks_, "chive yy");  // in two pieces
  EXPECT_EQ(heard(there_hears_), "chive yy");
  say(there_says_, "loaded");
  EXPECT_EQ(heard(hears_, 200), "");

  UniqueFd key;
  for (int i = 0; i < 1000 && !key; ++i) {
    key = UniqueFd(::open(fifo().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (!key) ::poll(nullptr, 0, 10);
  }
  ASSERT_TRUE(key);
  EXPECT_EQ(heard(hears_, 100), "");  // to look whether somebody waits opens nothing
  say(key, "x");
  EXPECT_EQ(heard(hears_), "loaded");
  say(there_says_, "more");
  EXPECT_EQ(heard(hears_), "more");
}

TEST_F(GateTest, EndsWithTheCommandThatItWaitsFor) {
  say(asks_, "loadArchive");
  EXPECT_EQ(heard(there_hears_), "loadArchive");
  say(there_says_, "loaded");
  EXPECT_EQ(heard(hears_, 100), "");
  there_says_.reset();  // the connection is lost
  EXPECT_EQ(heard(hears_), "loaded");
  EXPECT_EQ(heard(hears_), "");
}

}  // namespace
}  // namespace fairlead
