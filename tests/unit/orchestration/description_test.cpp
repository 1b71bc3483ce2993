#include "engine/description.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

// reference-compatible: a fault of the configuration or of the options speaks for itself
TEST(Description, IsTheErrorsOwnWhereThatSaysItAll) {
  const std::pair<const char*, bool> rows[] = {
      {"config.not_found", true}, {"config.file_name", false},      {"dockerfile.not_found", false},
      {"build.buildkit", true},   {"build.options", true},          {"up.no_workspace", true},
      {"features.legacy", true},  {"environment.not_found", false}, {"instance.name_taken", false}};
  for (const auto& [code, own] : rows) {
    EXPECT_EQ(description_of(Error(Status::failed, code, "own words"), "usual"),
              own ? "own words" : "usual")
        << code;
  }
}

}  // namespace
}  // namespace fairlead
