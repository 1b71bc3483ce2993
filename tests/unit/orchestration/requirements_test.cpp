#include "engine/requirements.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

HostDescription small_host() {
  HostDescription host;
  host.cpus = 2;
  host.memory_bytes = 4 * gib;
  host.storage_bytes = 10 * gib + 1;
  return host;
}

// HOST-003
TEST(Requirements, NameEverythingThatIsMissing) {
  const HostRequirements needs{.cpus = 8, .memory_bytes = 16 * gib, .storage_bytes = 64 * gib};
  EXPECT_EQ(unmet_requirements(needs, small_host()),
            (std::vector<std::string>{
                "hostRequirements.cpus asks for 8; the host has 2.",
                "hostRequirements.memory asks for 16 GiB; the host has 4 GiB.",
                "hostRequirements.storage asks for 64 GiB; the host has 10 GiB left."}));
}

TEST(Requirements, AreMetByEnough) {
  const HostRequirements needs{.cpus = 2, .memory_bytes = 4 * gib, .storage_bytes = 10 * gib};
  EXPECT_TRUE(unmet_requirements(needs, small_host()).empty());
  EXPECT_TRUE(unmet_requirements({}, small_host()).empty());
}

TEST(Requirements, TolerateWhatAKernelKeepsForItself) {
  auto host = small_host();
  host.memory_bytes = 4 * gib - gib / 8;
  EXPECT_TRUE(unmet_requirements({.memory_bytes = 4 * gib}, host).empty());
}

TEST(Requirements, JudgeNothingThatTheHostDoesNotSay) {
  const HostRequirements needs{.cpus = 8, .memory_bytes = 16 * gib, .storage_bytes = 64 * gib};
  EXPECT_TRUE(unmet_requirements(needs, {}).empty());
}

// HOST-006, HOST-007
TEST(Requirements, MissAGpuThatIsNotOptional) {
  using enum GpuAvailability;
  HostRequirements needs{.gpu = true};
  ProbeReply without;
  ProbeReply with;
  with.gpu_runtime = true;
  EXPECT_TRUE(misses_gpu(needs, detect, without, Mode::fairlead));
  EXPECT_FALSE(misses_gpu(needs, detect, with, Mode::fairlead));
  EXPECT_FALSE(misses_gpu(needs, all, without, Mode::drop_in));
  EXPECT_FALSE(misses_gpu(needs, none, with, Mode::fairlead));
  EXPECT_TRUE(misses_gpu(needs, none, with, Mode::drop_in));
  needs.gpu_optional = true;
  EXPECT_FALSE(misses_gpu(needs, detect, without, Mode::drop_in));
  EXPECT_FALSE(misses_gpu({}, detect, without, Mode::drop_in));
}

}  // namespace
}  // namespace fairlead
