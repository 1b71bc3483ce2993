#include "ssh-remote/records.hpp"

#include <gtest/gtest.h>

namespace fairlead::ssh {
namespace {

Record record() {
  return {.id = "proj-abc.0123456789ab",
          .name = "proj-abc",
          .image = "debian:12",
          .created = "2026-01-02T03:04:05Z",
          .started = {},
          .labels = {{"devcontainer.local_folder", "/home/me/a \"b\""}},
          .env = {{"A", "1\n2"}},
          .user = {}};
}

TEST(Records, AreReadAsTheyWereWritten) {
  const auto line = record_line(record());
  ASSERT_EQ(line.find('\n'), line.size() - 1);  // one line, whatever stands in it
  const auto read = read_records("running 2026-01-02T03:05:00Z\n" + line + "stopped\n" + line);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].started, "2026-01-02T03:05:00Z");
  EXPECT_EQ(read[1].started, "");
  EXPECT_EQ(read[0].labels, record().labels);
  EXPECT_EQ(read[0].env, record().env);
  EXPECT_EQ(read[0].id, record().id);
}

TEST(Records, WhatCannotBeReadIsLeftOut) {
  const auto line = record_line(record());
  EXPECT_EQ(read_records("stopped\n{\"id\": 7}\nstopped\nnot json\nstopped\n" + line).size(), 1U);
  EXPECT_TRUE(read_records("").empty());
  EXPECT_TRUE(read_records("stopped").empty());
}

TEST(Records, SayWhoWorksThereAndWhetherItRuns) {
  auto running = record();
  running.started = "2026-01-02T03:05:00Z";
  const auto info = info_of(running, "me");
  EXPECT_EQ(info.state, InstanceState::running);
  EXPECT_EQ(info.user, "me");
  EXPECT_EQ(info.env, std::vector<std::string>{"A=1\n2"});
  running.user = "dev";
  EXPECT_EQ(info_of(running, "me").user, "dev");
  EXPECT_EQ(info_of(record(), "me").state, InstanceState::stopped);
}

TEST(Records, AreFoundByNameAndByTheBeginningOfTheId) {
  EXPECT_TRUE(is_called(record(), "proj-abc"));
  EXPECT_FALSE(is_called(record(), "proj"));
  auto other = record();
  other.id = "proj-abcd.ba9876543210";
  const std::vector<Record> both = {other, record()};
  EXPECT_EQ(only_one_beginning_with(both, "proj-abc."), &both[1]);
  EXPECT_EQ(only_one_beginning_with(both, "proj"), nullptr);  // two
  EXPECT_EQ(only_one_beginning_with(both, ""), nullptr);
  EXPECT_EQ(folder_of(record().id), "proj-abc");
}

}  // namespace
}  // namespace fairlead::ssh
