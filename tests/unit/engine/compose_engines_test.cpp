#include "compose/call_until.hpp"
#include "compose/engine_choice.hpp"

#include <fairlead/engine/own_call.hpp>
#include <fairlead/error.hpp>
#include <fairlead/sdk/pipe.hpp>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace fairlead::compose {
namespace {

using namespace std::chrono_literals;

bool ends(const sdk::Call& call) {
  pollfd watched{call.cancel_fd(), POLLIN, 0};
  return ::poll(&watched, 1, 30'000) > 0 && call.cancelled();
}

TEST(EngineChoice, IsTheFirstOne) {
  EngineChoice choice;
  EXPECT_FALSE(choice.is_docker());
  EXPECT_FALSE(choice.is_podman());
  EXPECT_TRUE(choice.take_docker());
  EXPECT_FALSE(choice.take_podman("silent"));
  EXPECT_TRUE(choice.take_docker());
  EXPECT_TRUE(choice.is_docker());
  EXPECT_FALSE(choice.is_podman());
  EXPECT_EQ(choice.silence(), std::nullopt);
}

TEST(EngineChoice, KeepsTheFirstReasonForPodman) {
  EngineChoice choice;
  EXPECT_TRUE(choice.take_podman());
  EXPECT_EQ(choice.silence(), std::nullopt);
  EXPECT_TRUE(choice.take_podman("first"));
  EXPECT_TRUE(choice.take_podman("second"));
  EXPECT_FALSE(choice.take_docker());
  EXPECT_TRUE(choice.is_podman());
  EXPECT_EQ(choice.silence(), "first");
}

TEST(CallUntil, EndsWithTheOuterCall) {
  const auto pipe = sdk::make_pipe();
  engine::OwnCall outer(1h);
  const CallUntil inner(outer.call(), pipe.read, 1h);
  EXPECT_FALSE(inner.call().cancelled());
  outer.end();
  EXPECT_TRUE(ends(inner.call()));
}

TEST(CallUntil, EndsOnceTheOtherSpeaksOrGoes) {
  const engine::OwnCall outer(1h);
  auto speaks = sdk::make_pipe();
  auto goes = sdk::make_pipe();
  const CallUntil first(outer.call(), speaks.read, 1h);
  const CallUntil second(outer.call(), goes.read, 1h);
  EXPECT_FALSE(first.call().cancelled());
  EXPECT_FALSE(second.call().cancelled());
  ASSERT_EQ(::write(speaks.write.get(), "a", 1), 1);
  goes.write.reset();
  EXPECT_TRUE(ends(first.call()));
  EXPECT_TRUE(ends(second.call()));
  EXPECT_FALSE(outer.call().cancelled());
}

TEST(CallUntil, EndsWhenItsTimeIsOver) {
  const auto pipe = sdk::make_pipe();
  const engine::OwnCall outer(1h);
  EXPECT_TRUE(ends(CallUntil(outer.call(), pipe.read, 5ms).call()));
  EXPECT_TRUE(ends(CallUntil(outer.call(), pipe.read, -5ms).call()));
}

TEST(CallUntil, SaysThatItCannotWatch) {
  const engine::OwnCall outer(1h);
  try {
    const CallUntil call(outer.call(), UniqueFd(), 1h);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "host.timer");
  }
}

}  // namespace
}  // namespace fairlead::compose
