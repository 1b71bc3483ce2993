#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>
#include <fairlead/host_copy.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace fairlead {
namespace {

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

class HostCopyTest : public ::testing::Test {
 protected:
  /// Its code; empty: it went well.
  std::string copy(const std::string& from, const std::string& to) {
    try {
      copy_between_hosts(core_, {.host = {}, .path = from}, {.host = {}, .path = to}, {});
    } catch (const Error& error) {
      message_ = error.message();
      return error.code();
    }
    return {};
  }
  std::string below(const std::string& name) const { return folder_.path() + '/' + name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  const ports::test::Folder folder_;
  std::string message_;

 private:
  NoLog log_;
  Core core_{{.environment = {{"HOME", folder_.path()}, {"XDG_RUNTIME_DIR", folder_.path()}},
              .working_directory = folder_.path()},
             log_};
};

TEST(HostPath, IsReadWithoutDots) {
  for (const char* text : {"ssh://box/a/b", "ssh://box/a/b/.", "ssh://box/a/c/../b/"}) {
    const auto place = parse_host_path(text);
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->host, "ssh://box") << text;
    EXPECT_EQ(place->path, "/a/b") << text;
  }
  EXPECT_FALSE(parse_host_path("/a/b"));
  for (const char* text : {"ssh://box/.", "ssh://box/a/.."})
    EXPECT_THROW(parse_host_path(text), Error) << text;
}

TEST_F(HostCopyTest, LeavesNothingBesideTheCopy) {
  std::ofstream(below("from")) << "text\n";
  std::ofstream(below("to")) << "what was there before\n";
  const auto before = entries();
  EXPECT_EQ(copy(below("from"), below("to")), "") << message_;
  EXPECT_EQ(std::filesystem::file_size(below("to")), 5U);
  EXPECT_EQ(entries(), before);
}

TEST_F(HostCopyTest, UsesNothingWhenTarFailsBehindItsPipe) {
  const std::string shrinks = "/sys/class/net/lo/mtu";  // says that it is longer than it is
  const auto before = entries();
  EXPECT_EQ(copy(shrinks, below("to")), "host.copy");
  EXPECT_EQ(message_.find("fairlead-tar-failed"), std::string::npos) << message_;
  EXPECT_EQ(entries(), before);
}

}  // namespace
}  // namespace fairlead
