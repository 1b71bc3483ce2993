#include "features/registry_image.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

TEST(ImageReference, FollowsDockersRules) {
  EXPECT_EQ(image_reference("debian").text(), "registry-1.docker.io/library/debian:latest");
  EXPECT_EQ(image_reference("debian:12").text(), "registry-1.docker.io/library/debian:12");
  EXPECT_EQ(image_reference("org/image:1").text(), "registry-1.docker.io/org/image:1");
  EXPECT_EQ(image_reference("docker.io/debian").text(),
            "registry-1.docker.io/library/debian:latest");
  EXPECT_EQ(image_reference("localhost/a").text(), "localhost/a:latest");
  EXPECT_EQ(image_reference("localhost:5000/a:2").text(), "localhost:5000/a:2");
  EXPECT_EQ(image_reference("ghcr.io/o/i").text(), "ghcr.io/o/i:latest");
}

}  // namespace
}  // namespace fairlead
