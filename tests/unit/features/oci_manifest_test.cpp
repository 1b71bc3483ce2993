#include "features/oci_manifest.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

const std::string empty_digest =
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

// DIST-010, DIST-011: byte for byte what the reference CLI publishes.
TEST(OciManifest, WritesAndReadsTheSameManifest) {
  const OciManifest manifest{
      .bytes = {},
      .digest = {},
      .media_type = oci_manifest_type,
      .config = {devcontainer_config_type, empty_digest, 2, {}},
      .layers = {{devcontainer_layer_type,
                  empty_digest,
                  3584,
                  {{"org.opencontainers.image.title", "devcontainer-feature-a.tgz"}}}},
      .annotations = {{metadata_annotation, R"({"id":"a"})"}, {"com.github.x", "y"}}};
  const auto text = write_oci_manifest(manifest);
  EXPECT_EQ(text, R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                  R"("config":{"mediaType":"application/vnd.devcontainers","digest":")" +
                      empty_digest +
                      R"(","size":2},"layers":[{"mediaType":)"
                      R"("application/vnd.devcontainers.layer.v1+tar","digest":")" +
                      empty_digest +
                      R"(","size":3584,"annotations":{"org.opencontainers.image.title":)"
                      R"("devcontainer-feature-a.tgz"}}],"annotations":{"dev.containers.metadata":)"
                      R"("{\"id\":\"a\"}","com.github.x":"y"}})");
  const auto read = parse_oci_manifest(text, "r.test/a:1");
  EXPECT_EQ(read.bytes, text);
  EXPECT_EQ(read.digest.size(), empty_digest.size());
  EXPECT_EQ(read.layers.at(0).size, 3584U);
  EXPECT_EQ(*find_annotation(read.annotations, metadata_annotation), R"({"id":"a"})");
  EXPECT_EQ(find_annotation(read.annotations, "none"), nullptr);
}

TEST(OciManifest, RefusesOtherDocuments) {
  const auto config = R"("config":{"digest":")" + empty_digest + R"(","size":2})";
  for (const auto& text :
       {std::string("["), std::string("[]"), std::string("null"), std::string("{}"),
        std::string(R"({"config":1,"layers":[]})"), "{" + config + "}",
        "{" + config + R"(,"layers":{}})", "{" + config + R"(,"layers":[{}]})",
        "{" + config + R"(,"layers":[{"digest":"sha256:0","size":1}]})",
        "{" + config + R"(,"layers":[{"digest":")" + empty_digest + R"(","size":-1}]})",
        "{" + config + R"(,"layers":[],"annotations":[]})",
        "{" + config + R"(,"layers":[],"annotations":{"a":1}})"}) {
    EXPECT_THROW(parse_oci_manifest(text, "x"), Error) << text;
  }
  EXPECT_NO_THROW(parse_oci_manifest("{" + config + R"(,"layers":[],"more":[1]})", "x"));
}

TEST(OciManifest, ReadsAnIndex) {
  const auto entry = R"({"digest":")" + empty_digest + R"(","size":5,"platform":)";
  const auto index = parse_oci_index(R"({"manifests":[)" + entry +
                                         R"({"os":"linux","architecture":"arm64",)"
                                         R"("variant":"v8"}}]})",
                                     "x");
  ASSERT_EQ(index.size(), 1U);
  EXPECT_EQ(index[0].architecture, "arm64");
  EXPECT_EQ(index[0].variant, "v8");
  EXPECT_TRUE(parse_oci_index(R"({"layers":[]})", "x").empty());
  EXPECT_THROW(parse_oci_index(R"({"manifests":1})", "x"), Error);
}

}  // namespace
}  // namespace fairlead
