#include "features/control_manifest.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

// FEAT-060
TEST(ControlManifest, RefusesByPrefixUpToASeparator) {
  const auto manifest = parse_control_manifest(
      R"({"disallowedFeatures":[{"featureIdPrefix":"r.test/bad","documentationURL":"u"},{"x":1},7]})");
  ASSERT_EQ(manifest.disallowed.size(), 1U);
  for (const auto* id : {"r.test/bad", "r.test/bad/git", "r.test/bad:1", "r.test/bad@sha256:0"}) {
    ASSERT_NE(disallowed_entry(manifest, id), nullptr) << id;
    EXPECT_EQ(disallowed_entry(manifest, id)->documentation_url, "u");
  }
  for (const auto* id : {"r.test/badger", "r.test/ba", "", "x/r.test/bad"}) {
    EXPECT_EQ(disallowed_entry(manifest, id), nullptr) << id;
  }
}

TEST(ControlManifest, WarnsFromTheFaultToItsMending) {
  const auto manifest = parse_control_manifest(R"({"featureAdvisories":[
    {"featureId":"r/f/git","introducedInVersion":"1.0.7","fixedInVersion":"1.1.0",
     "description":"Breaks","documentationURL":"u"},
    {"featureId":"r/f/git","introducedInVersion":"one","fixedInVersion":"1.1.0","description":"x"},
    {"featureId":"r/f/git","introducedInVersion":"1.0.7"}]})");
  EXPECT_EQ(manifest.advisories.size(), 2U);
  const auto text = advisory_text(manifest, {{"r/f/x", "1.0.8"}, {"r/f/git", "1.0.8"}});
  EXPECT_NE(
      text.find("\n- r/f/git:1.0.8:\n  - Breaks (introduced in 1.0.7, fixed in 1.1.0, see u)"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("r/f/x"), std::string::npos);
  for (const auto* version : {"1.0.6", "1.1.0", "2.0.0", "none"}) {
    EXPECT_EQ(advisory_text(manifest, {{"r/f/git", version}}), "") << version;
  }
}

TEST(ControlManifest, OfAnotherFormSaysNothing) {
  for (const auto* text : {"", "<html>", "[]", "7", R"({"disallowedFeatures":{}})"}) {
    const auto manifest = parse_control_manifest(text);
    EXPECT_TRUE(manifest.disallowed.empty() && manifest.advisories.empty()) << text;
  }
}

}  // namespace
}  // namespace fairlead
