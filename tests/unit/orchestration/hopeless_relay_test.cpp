#include "engine/enter_cache.hpp"
#include "unit/ports/sockets.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

TEST(HopelessRelay, IsRememberedUntilTheNextStart) {
  const ports::test::Folder folder;
  NoLog log;
  const Core core({.environment = {{"HOME", folder.path()}, {"XDG_RUNTIME_DIR", folder.path()}},
                   .working_directory = folder.path()},
                  log);
  InstanceInfo instance;
  instance.id = "abc";
  instance.started = "today";
  EXPECT_FALSE(relay_is_hopeless(core, "one", instance, "me"));
  remember_hopeless_relay(core, "one", instance, "me");
  EXPECT_TRUE(relay_is_hopeless(core, "one", instance, "me"));
  EXPECT_FALSE(relay_is_hopeless(core, "one", instance, "you"));
  EXPECT_FALSE(relay_is_hopeless(core, "two", instance, "me"));
  instance.started = "tomorrow";
  EXPECT_FALSE(relay_is_hopeless(core, "one", instance, "me"));
}

TEST(HopelessRelay, IsForgottenAfterADay) {
  const ports::test::Folder folder;
  NoLog log;
  const Core core({.environment = {{"HOME", folder.path()}, {"XDG_RUNTIME_DIR", folder.path()}},
                   .working_directory = folder.path()},
                  log);
  InstanceInfo instance;
  instance.id = "abc";
  remember_hopeless_relay(core, "one", instance, "me");
  for (const auto& entry :
       std::filesystem::directory_iterator(environment_folder(core, "one", instance.id))) {
    std::filesystem::last_write_time(
        entry.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  }
  EXPECT_FALSE(relay_is_hopeless(core, "one", instance, "me"));
}

}  // namespace
}  // namespace fairlead
