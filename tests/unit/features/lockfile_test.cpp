#include "features/lockfile.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

std::shared_ptr<ResolvedFeature> resolved(const std::string& id, const std::string& digest) {
  auto feature = std::make_shared<ResolvedFeature>();
  feature->id = feature->written = id;
  feature->described.digest = digest;
  feature->described.resolved = "r.test/x@" + digest;
  feature->described.metadata.version = "1.2.3";
  return feature;
}

// FEAT-054, 056, edge case 57
TEST(Lockfile, IsWrittenSortedWithoutLocalFeatures) {
  const auto a = resolved("r.test/B:1", "sha256:b");
  a->described.metadata.depends_on = {{"r.test/Dep", "{}"}};
  const ResolvedList features{a, resolved("./local", ""), resolved("r.test/a:1", "sha256:a"),
                              resolved("r.test/extra", "sha256:e")};
  EXPECT_EQ(lockfile_text(lock_features(features, {"r.test/extra"}, /*as_written=*/true)),
            R"({
  "features": {
    "r.test/a:1": {
      "version": "1.2.3",
      "resolved": "r.test/x@sha256:a",
      "integrity": "sha256:a"
    },
    "r.test/B:1": {
      "version": "1.2.3",
      "resolved": "r.test/x@sha256:b",
      "integrity": "sha256:b",
      "dependsOn": [
        "r.test/Dep"
      ]
    }
  }
}
)");
  EXPECT_EQ(lockfile_text({}), "{\n  \"features\": {}\n}\n");
  EXPECT_TRUE(
      lock_features(features, {}, /*as_written=*/false).contains("r.test/b:1"));  // FEAT-055
}

// FEAT-057
TEST(Lockfile, PinsTheDigestOfTheManifest) {
  const auto lockfile = parse_lockfile(
      R"({"features":{"r.test/a:1":{"resolved":"r.test/a@sha256:m","integrity":"sha256:layer"},
          "https://x/devcontainer-feature-t.tgz":{"resolved":"https://x/t.tgz","integrity":"sha256:t"}}})",
      "l");
  ASSERT_TRUE(lockfile);
  EXPECT_EQ(locked_digest(*lockfile, "R.test/A:1"), "sha256:m");
  EXPECT_EQ(locked_digest(*lockfile, "https://x/devcontainer-feature-t.tgz"), "sha256:t");
  EXPECT_EQ(locked_digest(*lockfile, "r.test/b"), "");
}

// FEAT-058
TEST(Lockfile, MayBeBlankButNotBroken) {
  EXPECT_FALSE(parse_lockfile(" \n", "l"));
  EXPECT_TRUE(parse_lockfile("{}", "l")->empty());
  for (const char* text : {"[]", R"({"features":[]})", R"({"features":{"a":1}})", "{"}) {
    try {
      parse_lockfile(text, "l");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "lockfile.invalid") << text;
    }
  }
}

// FEAT-053
TEST(Lockfile, LiesBesideTheConfiguration) {
  EXPECT_EQ(lockfile_path("/w/.devcontainer/devcontainer.json"),
            "/w/.devcontainer/devcontainer-lock.json");
  EXPECT_EQ(lockfile_path("/w/.devcontainer.json"), "/w/.devcontainer-lock.json");
}

}  // namespace
}  // namespace fairlead
