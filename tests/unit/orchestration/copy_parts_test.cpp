#include "engine/copy_parts.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace fairlead {
namespace {

/// The name with its last words replaced: number of the process, its start, count.
std::string with_writer(const std::string& process, const std::string& start) {
  return copy_part_prefix() + process + '-' + start + "-1";
}

TEST(CopyParts, AreOfTheirWriterAsLongAsItLives) {
  const auto own = new_copy_part();
  EXPECT_NE(own, new_copy_part());
  EXPECT_FALSE(is_left_behind(own));
  // Its number was given to another one since.
  EXPECT_TRUE(is_left_behind(with_writer(std::to_string(::getpid()), "1")));
  EXPECT_TRUE(is_left_behind(with_writer("4194305", "7")));  // more than the kernel gives
}

TEST(CopyParts, OfAnotherMachineAreNotJudged) {
  EXPECT_FALSE(is_left_behind(".fairlead-part-0123456789ab-4026531836-4194305-7-1"));
  EXPECT_FALSE(is_left_behind(".fairlead-part-"));
  EXPECT_FALSE(is_left_behind(""));
  EXPECT_FALSE(is_left_behind(copy_part_prefix()));
  EXPECT_FALSE(is_left_behind(copy_part_prefix() + "4194305-7"));
  EXPECT_FALSE(is_left_behind(copy_part_prefix() + "4194305-7-x/.."));
  EXPECT_FALSE(is_left_behind(copy_part_prefix() + "4194305-7-1-1"));
}

}  // namespace
}  // namespace fairlead
