#include "features/oci_reference.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

const std::string some_digest = "sha256:" + std::string(64, 'a');

// FEAT-004, FEAT-005, FEAT-008
TEST(OciReference, ReadsRegistryRepositoryAndVersion) {
  struct Case {
    std::string text, registry, repository, tag, digest, written;
  };
  const std::vector<Case> cases = {
      {"ghcr.io/A/B/Git:1.2", "ghcr.io", "a/b/git", "1.2", "", "ghcr.io/a/b/git:1.2"},
      {"localhost:5000/a/b", "localhost:5000", "a/b", "latest", "", "localhost:5000/a/b:latest"},
      {"r.test/a@" + some_digest, "r.test", "a", "", some_digest, "r.test/a@" + some_digest},
      {"r.test/a:1@" + some_digest, "r.test", "a", "", some_digest, "r.test/a@" + some_digest},
  };
  for (const Case& c : cases) {
    const auto reference = parse_oci_reference(c.text);
    EXPECT_EQ(reference.registry, c.registry) << c.text;
    EXPECT_EQ(reference.repository, c.repository) << c.text;
    EXPECT_EQ(reference.tag, c.tag) << c.text;
    EXPECT_EQ(reference.digest, c.digest) << c.text;
    EXPECT_EQ(reference.text(), c.written);
  }
}

// DIST-022
TEST(OciReference, RefusesWhatNoRegistryCouldHave) {
  for (const std::string text :
       {"", "a", "/a", "r.test/", "r.test//a", "r.test/a/", "r.test/-a", "r.test/a..b",
        "r.test/a___b", "r.test/a:", "r.test/a:.x", "r.test/a@sha256:12", "r.test/a@md5:00",
        "-r/a/b", "http://r.test/a", "r.test/../../b", "r.test/a%2f", "r test/a"}) {
    EXPECT_THROW(parse_oci_reference(text), Error) << text;
  }
  EXPECT_TRUE(is_oci_tag(std::string(128, 'x')));
  EXPECT_FALSE(is_oci_tag(std::string(129, 'x')));
  EXPECT_TRUE(is_repository_path("a__b/c--d/e.f/g_h"));
}

}  // namespace
}  // namespace fairlead
