#include "spec/mount.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

// CFG-054, CFG-055
TEST(Mount, ReadsAndWritesDockersText) {
  const std::pair<const char*, const char*> rows[] = {
      {"type=bind,source=/a,target=/b", "type=bind,source=/a,target=/b"},
      {"src=v,dst=/b", "type=volume,source=v,target=/b"},
      {"type=volume,destination=/b", "type=volume,target=/b"},
      {"type=tmpfs,target=/t,tmpfs-size=1m", "type=tmpfs,target=/t,tmpfs-size=1m"},
      {"type=bind,src=/a,dst=/b,ro", "type=bind,source=/a,target=/b,readonly"},
      {"type=bind,src=/a,dst=/b,readonly=false", "type=bind,source=/a,target=/b"},
      {"type=bind,src=/a,dst=/b,consistency=cached",
       "type=bind,source=/a,target=/b,consistency=cached"},
      {"type=bind,\"source=/a,b\",\"target=/c,d\"", "type=bind,\"source=/a,b\",\"target=/c,d\""},
      {"type=bind,\"source=/a\"\"b,\",target=/c", "type=bind,\"source=/a\"\"b,\",target=/c"},
      {"type=bind,source=/x=y,target=/c,bind-propagation=rslave",
       "type=bind,source=/x=y,target=/c,bind-propagation=rslave"},
      // `up --mount` knows a key that means something to Compose only (CMP-009).
      {"type=volume,source=v,target=/c,external=true", "type=volume,source=v,target=/c"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(format_mount(parse_mount(text)), expected);
}

// CMP-009: whose a volume is, is kept for groups of services.
TEST(Mount, KeepsWhoseAVolumeIs) {
  EXPECT_EQ(parse_mount("type=volume,source=v,target=/c,external=true").options,
            (std::map<std::string, std::string>{{"external", "true"}}));
  EXPECT_TRUE(parse_mount("type=volume,source=v,target=/c,external=false").options.empty());
}

TEST(Mount, RefusesWhatDockerRefuses) {
  for (const char* text : {"", "type=bind,source=/a", "type=nope,target=/a", "type=bind,target",
                           "\"type=bind", "\"target=/a\"x", "type=bind,target=/a,ro=maybe"}) {
    try {
      parse_mount(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.mount");
    }
  }
}

// IMG-015
TEST(Mount, KnowsTheTargetUnderAllItsNames) {
  for (const auto mode : {Mode::fairlead, Mode::drop_in}) {
    EXPECT_EQ(mount_target("type=bind,src=/x,dst=/t", mode), "/t");
    EXPECT_EQ(mount_target("destination=/t,x", mode), "/t");
    EXPECT_EQ(mount_target("target=/a,dst=/b", mode), "/b");
    EXPECT_EQ(mount_target("type=volume", mode), std::nullopt);
  }
  EXPECT_EQ(mount_target("\"target=/t,u\"", Mode::fairlead), "/t,u");
  EXPECT_EQ(mount_target("\"target=/t,u\"", Mode::drop_in), std::nullopt);
}

}  // namespace
}  // namespace fairlead
