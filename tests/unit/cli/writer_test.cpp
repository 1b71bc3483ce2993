#include "writer.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace fairlead::cli {
namespace {

TEST(ResultWriter, SaysWhenTheDiskIsFull) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  try {
    result_writer(full.get())("{}\n");
    FAIL() << "a lost result went unnoticed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "output.write");
  }
}

TEST(FdWriter, BearsAFullDisk) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  EXPECT_NO_THROW(fd_writer(full.get())("a line of the log\n"));
}

}  // namespace
}  // namespace fairlead::cli
