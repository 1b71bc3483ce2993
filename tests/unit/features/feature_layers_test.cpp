#include "features/dockerfile_text.hpp"
#include "features/layers.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

FeaturesInstallRequest request_with(const std::string& metadata) {
  FeaturesInstallRequest request;
  request.features.push_back({"./a b", "/f", metadata, "{}", {}});
  request.image_user = "dev";
  request.metadata = R"([{"id":"./a b"}])";
  return request;
}

// FEAT-022, IMG-035: edge case 58
TEST(DockerfileText, QuotesValues) {
  EXPECT_EQ(dockerfile_quoted(R"(/a:${PATH})", true, '\\'), R"("/a:${PATH}")");
  EXPECT_EQ(dockerfile_quoted(R"(x "y" \z $q)", true, '\\'), R"("x \"y\" \\z $q")");
  EXPECT_EQ(dockerfile_quoted(R"($q 'x')", false, '\\'), R"("\$q 'x'")");
  EXPECT_EQ(dockerfile_quoted("a\nb", false, '\\'), R"("a${_DEV_CONTAINERS_NEWLINE}b")");
  EXPECT_EQ(dockerfile_quoted("a\"`\\", false, '`'), "\"a`\"``\\\"");
}

TEST(DockerfileText, KnowsNamesThatEnvCanSet) {
  EXPECT_TRUE(is_environment_name("A_b.1-x"));
  for (const char* name : {"", "a b", "a=b", "a\"", "${x}", "a\n"}) {
    EXPECT_FALSE(is_environment_name(name)) << name;
  }
}

// IMG-035
TEST(DockerfileText, PutsEachLabelEntryOnItsOwnLine) {
  EXPECT_EQ(metadata_label_lines(R"([{"a":"\"$x\\\n'"}, {"b":1}])", '\\'),
            "LABEL devcontainer.metadata=\"[ \\\n"
            R"({\"a\":\"\\\"\$x\\\\\\n'\"}, \)"
            "\n"
            R"({\"b\":1} \)"
            "\n]\"\n");
  EXPECT_EQ(metadata_label_lines("[]", '\\'), "LABEL devcontainer.metadata=\"[ \\\n]\"\n");
  EXPECT_EQ(metadata_label_lines(R"({"a":1})", '`'),
            "LABEL devcontainer.metadata=\"[ `\n{`\"a`\":1} `\n]\"\n");
  EXPECT_THROW(metadata_label_lines("nonsense", '\\'), Error);
}

// BLD-010
TEST(DockerfileText, KeepsDirectivesOnTop) {
  const auto parts = split_directives("# syntax=x/y:1\r\n#escape = `\n# note\nFROM a\n", false);
  EXPECT_EQ(parts.directives, "# syntax=x/y:1\r\n#escape = `\n");
  EXPECT_EQ(parts.body, "# note\nFROM a\n");
  EXPECT_EQ(parts.escape, '`');
  EXPECT_EQ(split_directives("# syntax=x\n# check=skip=all\nFROM a", true).directives,
            "# check=skip=all\n");
  EXPECT_EQ(split_directives("\xEF\xBB\xBF# syntax=x", false).directives, "# syntax=x\n");
  EXPECT_EQ(split_directives("\n# syntax=x\nFROM a", false).directives, "");
  EXPECT_EQ(split_directives("# see a=b\nFROM a", false).directives, "");
}

// BLD-004
TEST(DockerfileText, CutsLaterStagesOff) {
  const std::string first = "ARG X\nFROM a AS One\nRUN x \\\n# no FROM here\n FROM y\n";
  EXPECT_EQ(cut_after_stage(first + "from b as two\nRUN z\n", "one", '\\'), first);
  EXPECT_EQ(cut_after_stage(first + "FROM b\n", "two", '\\'), first + "FROM b\n");
  EXPECT_EQ(cut_after_stage("FROM --platform=p a as t\nRUN x", "T", '\\'),
            "FROM --platform=p a as t\nRUN x");
}

// FEAT-017, 018, BLD-009, BLD-011
TEST(FeatureLayers, HaveBothForms) {
  const auto request = request_with(R"({"id":"a","containerEnv":{"PATH":"/o:${PATH}"}})");
  const Layers classic = feature_layers(request, {});
  EXPECT_TRUE(contains(classic.text, "\nFROM scratch AS dev_containers_feature_content_source\n"));
  EXPECT_TRUE(contains(classic.text, "ENV PATH=\"/o:${PATH}\"\nCOPY --chown=0:0 --from="));
  EXPECT_FALSE(contains(classic.text, "--mount"));
  EXPECT_EQ(classic.args.at("_DEV_CONTAINERS_IMAGE_USER"), "dev");

  LayerOptions options;
  options.source = ContentSource::named_context;
  options.buildkit = true;
  const Layers kit = feature_layers(request, options);
  EXPECT_FALSE(contains(kit.text, "FROM scratch"));
  EXPECT_TRUE(contains(kit.text,
                       "RUN --mount=type=bind,from=dev_containers_feature_content_source,"
                       "source=a_b_0,target=/tmp/build-features-src/a_b_0 "));

  options.source = ContentSource::image;
  options.content_image = "content:1";
  EXPECT_TRUE(contains(feature_layers(request, options).text,
                       "\nFROM content:1 AS dev_containers_feature_content_source\n"));
}

// BLD-014
TEST(FeatureLayers, CarryTheEnvironmentOfTheConfiguration) {
  auto request = request_with(R"({"id":"a","containerEnv":{"N":"1\n2"}})");
  request.container_env = {{"A", "$x"}, {"M", "1\n2"}, {"${bad}", "v"}};
  const Layers layers = feature_layers(request, {});
  EXPECT_TRUE(contains(layers.text, "ENV A=\"\\$x\"\nENV M=\"1${_DEV_CONTAINERS_NEWLINE}2\"\n"));
  EXPECT_FALSE(contains(layers.text, "bad"));
  EXPECT_EQ(layers.text.find("ARG _DEV_CONTAINERS_NEWLINE"),
            layers.text.rfind("ARG _DEV_CONTAINERS_NEWLINE"));
  EXPECT_EQ(layers.args.at("_DEV_CONTAINERS_NEWLINE"), "\n");
  EXPECT_THROW(feature_layers(request_with(R"({"containerEnv":{"a b":"1"}})"), {}), Error);
}

// Every line but the RUN's own quoting uses the file's escape character.
TEST(FeatureLayers, FollowTheEscapeDirective) {
  LayerOptions options;
  options.escape = '`';
  const std::string text = feature_layers(request_with(R"({"id":"a"})"), options).text;
  EXPECT_TRUE(contains(text, " `\n && "));
  EXPECT_FALSE(contains(text, "\\\n"));
}

// IMG-034
TEST(FeatureLayers, AddOnlyTheLabelWithoutFeatures) {
  FeaturesInstallRequest request;
  request.metadata = R"([{"init":true}])";
  EXPECT_EQ(label_layer(request, '\\').text,
            "\nFROM $_DEV_CONTAINERS_BASE_IMAGE AS dev_containers_target_stage\n"
            "LABEL devcontainer.metadata=\"[ \\\n{\\\"init\\\":true} \\\n]\"\n");
}

}  // namespace
}  // namespace fairlead
