#include "base/parallel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <stdexcept>

namespace fairlead {
namespace {

TEST(ForEachParallel, DoesAllTheWorkAtOnce) {
  std::latch together(3);  // nobody gets past it alone
  std::array<std::atomic<int>, 3> done{};
  for_each_parallel(3, 8, {}, [&](std::size_t i, std::stop_token) {
    together.arrive_and_wait();
    ++done.at(i);
  });
  for (const auto& count : done) EXPECT_EQ(count, 1);
}

TEST(ForEachParallel, LeavesOutTheRestAfterAFailure) {
  std::atomic<int> begun = 0;
  EXPECT_THROW(for_each_parallel(9, 1, {},
                                 [&](std::size_t i, std::stop_token) {
                                   ++begun;
                                   if (i == 2) throw std::runtime_error("no");
                                 }),
               std::runtime_error);
  EXPECT_EQ(begun, 3);
}

TEST(ForEachParallel, AsksRunningWorkToStop) {
  std::stop_source stop;
  stop.request_stop();
  bool asked = false;
  for_each_parallel(1, 1, stop.get_token(),
                    [&](std::size_t, std::stop_token token) { asked = token.stop_requested(); });
  EXPECT_TRUE(asked);
  for_each_parallel(0, 4, {}, [](std::size_t, std::stop_token) { FAIL(); });
}

}  // namespace
}  // namespace fairlead
