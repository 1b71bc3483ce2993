#include "engine/remote_folder.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

TEST(RemotePlace, IsReadFromAnAddressWithAFolder) {
  const auto place = parse_remote_place("ssh://me@box:2222/home/me/project/");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->host, "ssh://me@box:2222");
  EXPECT_EQ(place->folder, "/home/me/project");
  EXPECT_EQ(place->text(), "ssh://me@box:2222/home/me/project");
}

TEST(RemotePlace, IsNoFolderOfThisMachine) {
  for (const char* folder : {"", ".", "/home/me", "a/b", "/odd/x://y"}) {
    EXPECT_FALSE(parse_remote_place(folder)) << folder;
  }
}

TEST(RemotePlace, NeedsAFolder) {
  for (const char* text : {"ssh://box", "ssh://box/", "ssh://box//"}) {
    try {
      parse_remote_place(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "host.folder") << text;
    }
  }
}

}  // namespace
}  // namespace fairlead
