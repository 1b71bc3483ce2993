#include "features/reference.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

std::string code_of(std::string_view id) {
  try {
    parse_feature_reference(id);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

// FEAT-004, 005, 008
TEST(FeatureReference, ReadsRegistryNames) {
  struct Case {
    std::string id, registry, space, name, tag, digest;
  };
  const std::string digest = "sha256:" + std::string(64, 'a');
  const std::vector<Case> cases = {
      {"ghcr.io/devcontainers/features/go", "ghcr.io", "devcontainers/features", "go", "latest",
       ""},
      {"ghcr.io/Devcontainers/Features/GO:1.2", "ghcr.io", "devcontainers/features", "go", "1.2",
       ""},
      {"localhost:5000/a/b:1", "localhost:5000", "a", "b", "1", ""},
      {"localhost:5000/a/b", "localhost:5000", "a", "b", "latest", ""},
      {"r.test/a/b@" + digest, "r.test", "a", "b", "", digest},
      {"owner/a/b/id", "owner", "a/b", "id", "latest", ""},
  };
  for (const Case& c : cases) {
    const FeatureReference reference = parse_feature_reference(c.id);
    EXPECT_EQ(reference.kind, FeatureKind::oci) << c.id;
    EXPECT_EQ(reference.id, c.id);
    EXPECT_EQ(reference.registry, c.registry) << c.id;
    EXPECT_EQ(reference.space, c.space) << c.id;
    EXPECT_EQ(reference.name, c.name) << c.id;
    EXPECT_EQ(reference.tag, c.tag) << c.id;
    EXPECT_EQ(reference.digest, c.digest) << c.id;
  }
}

// FEAT-006
TEST(FeatureReference, ReadsArchiveAddresses) {
  const auto reference = parse_feature_reference("https://x.test/a/devcontainer-feature-go-1.tgz");
  EXPECT_EQ(reference.kind, FeatureKind::tarball);
  EXPECT_EQ(reference.name, "go-1");
  EXPECT_EQ(code_of("https://x.test/go.tgz"), "features.reference");
  EXPECT_EQ(code_of("https://x.test/devcontainer-feature-.tgz"), "features.reference");
  EXPECT_EQ(code_of("https://x.test/devcontainer-feature-a b.tgz"), "features.reference");
}

// FEAT-009
TEST(FeatureReference, MapsShorthandsAndRefusesOtherBareWords) {
  const FeatureReference reference = parse_feature_reference("golang");
  EXPECT_EQ(reference.id, "ghcr.io/devcontainers/features/go:1");
  EXPECT_EQ(reference.shorthand, "golang");
  EXPECT_EQ(code_of("fish"), "features.legacy");
  EXPECT_EQ(code_of(""), "features.legacy");
}

// FEAT-009
TEST(FeatureReference, KnowsReleases) {
  const FeatureReference newest = parse_feature_reference("Owner/Repo/my_Feat");
  EXPECT_EQ(newest.kind, FeatureKind::release);
  EXPECT_EQ(newest.path, "Owner/Repo");
  EXPECT_EQ(newest.name, "my_Feat");
  EXPECT_EQ(newest.tag, "latest");
  EXPECT_EQ(parse_feature_reference("owner/repo/feat@v1.0").tag, "v1.0");
  EXPECT_EQ(parse_feature_reference("r.test/repo/feat").kind, FeatureKind::oci);
  EXPECT_EQ(parse_feature_reference("localhost/repo/feat").kind, FeatureKind::oci);
  for (const char* id : {"owner/repo/feat@", "owner/repo/feat@1@2", "owner//feat"}) {
    EXPECT_EQ(code_of(id), "features.reference") << id;
  }
}

TEST(FeatureReference, RefusesMalformedNames) {
  EXPECT_EQ(code_of("a/b"), "features.reference");
  EXPECT_EQ(code_of("r.test//b"), "features.reference");
  EXPECT_EQ(code_of("r.test/a/b:"), "features.reference");
  EXPECT_EQ(code_of("r.test/a/b@sha256:12"), "features.reference");
  EXPECT_EQ(code_of("r.test/a/-b"), "features.reference");
}

std::string folder_of(std::string_view id, const std::string& config_folder,
                      const std::string& root) {
  try {
    return local_feature_folder(parse_feature_reference(id), config_folder, root);
  } catch (const Error& error) {
    return error.code();
  }
}

// FEAT-007, FEAT-032
TEST(FeatureReference, KeepsLocalFeaturesBelowDevcontainer) {
  const std::string root = "/w/.devcontainer";
  EXPECT_EQ(folder_of("./a", root, root), "/w/.devcontainer/a");
  EXPECT_EQ(folder_of("./x/../a/", root, root), "/w/.devcontainer/a");
  EXPECT_EQ(folder_of("./.devcontainer/a", "/w", root), "/w/.devcontainer/a");
  EXPECT_EQ(folder_of("../b", root + "/alt", root), "/w/.devcontainer/b");
  EXPECT_EQ(folder_of("./..a", root, root), "/w/.devcontainer/..a");
  EXPECT_EQ(folder_of("../a", root, root), "features.outside");
  EXPECT_EQ(folder_of("./a", "/w", root), "features.outside");
  EXPECT_EQ(folder_of("/w/.devcontainer/a", root, root), "features.absolute_path");
}

TEST(FeatureReference, FindsTheRootOfLocalFeatures) {
  EXPECT_EQ(local_feature_root("/x", "/w"), "/w/.devcontainer");
  EXPECT_EQ(local_feature_root("/w/.devcontainer/alt", ""), "/w/.devcontainer");
  EXPECT_EQ(local_feature_root("/w", ""), "/w/.devcontainer");
}

}  // namespace
}  // namespace fairlead
