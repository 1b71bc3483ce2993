// Which values a setting may have.

#include "settings/check.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

TEST(SettingsCheck, KnowsTheWordsOfASetting) {
  for (const auto& [key, word] :
       {std::pair("content", "sync"), std::pair("exec_via", "engine"),
        std::pair("host_requirements", "error"), std::pair("initialize_on", "host"),
        std::pair("lockfile", "off"), std::pair("port_detection", "never"),
        std::pair("sync_with", "tar"), std::pair("trust", "always")}) {
    EXPECT_EQ(fault_of(key, std::string(word)), "") << key;
    EXPECT_NE(fault_of(key, std::string("")), "") << key;
    EXPECT_NE(fault_of(key, std::string("wire")), "") << key;
  }
  EXPECT_EQ(fault_of("exec_via", std::string("wire")),
            "one of \"auto\", \"relay\", \"engine\" is expected, not \"wire\"");
}

TEST(SettingsCheck, KnowsPorts) {
  for (const std::int64_t port : {0, 1, 7070, 65535}) EXPECT_EQ(fault_of("port_names", port), "");
  for (const std::int64_t port : {-1, 65536}) EXPECT_NE(fault_of("port_names", port), "");
}

TEST(SettingsCheck, TakesAnyValueOfOtherSettings) {
  EXPECT_EQ(fault_of("relay_listens", true), "");
  EXPECT_EQ(fault_of("plugins.docker.docker_path", std::string()), "");
}

}  // namespace
}  // namespace fairlead
