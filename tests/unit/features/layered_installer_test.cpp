#include "features/layered_installer.hpp"

#include "features/local_feature.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

// A workspace in a folder of its own, gone with the test.
class LayeredInstaller : public testing::Test {
 protected:
  LayeredInstaller() {
    std::string name = (fs::temp_directory_path() / "fairlead-features-XXXXXX").string();
    root_ = mkdtemp(name.data());
    config_folder_ = root_ / "w/.devcontainer";
    fs::create_directories(config_folder_);
  }
  ~LayeredInstaller() override { fs::remove_all(root_); }

  void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  void add_feature(const std::string& name, const std::string& members = {}) {
    const fs::path folder = config_folder_ / name;
    write(folder / "devcontainer-feature.json",
          R"({"id":")" + folder.filename().string() + R"(","version":"1.0.0")" + members + "}");
    write(folder / "install.sh", "#!/bin/sh\n");
  }

  FeaturesPlanRequest plan_request(const std::string& config) {
    FeaturesPlanRequest request;
    request.config = config;
    request.config_folder = config_folder_.string();
    request.workspace_folder = (root_ / "w").string();
    return request;
  }

  std::string plan(const std::string& config) {
    std::string ids;
    try {
      reply_ = installer_.plan(plan_request(config), {});
    } catch (const Error& error) {
      return error.code();
    }
    for (const PlannedFeature& feature : reply_.features) {
      ids += (ids.empty() ? "" : " ") + feature.id;
    }
    return ids;
  }

  FeaturesInstallRequest install_request(const std::string& staging) {
    FeaturesInstallRequest request;
    request.features = reply_.features;
    request.staging_folder = (root_ / staging).string();
    request.metadata = R"([{"id":"./a"}])";
    request.image_user = "1000:100";
    fs::create_directories(request.staging_folder);
    return request;
  }

  FeaturesInstallRequest dockerfile_request(const std::string& staging, const std::string& text) {
    write(config_folder_ / "Dockerfile", text);
    FeaturesInstallRequest request = install_request(staging);
    request.build.dockerfile = (config_folder_ / "Dockerfile").string();
    request.build.context = config_folder_.string();
    request.build.args = {{"X", "a b"}};
    request.build.tags = {"t"};
    return request;
  }

  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path root_;
  fs::path config_folder_;
  LayeredFeatureInstaller installer_{[](const FeaturesPlanRequest& request) {
    return std::make_unique<LocalFeatures>(LocalFeaturePlace{
        .config_folder = request.config_folder,
        .root = local_feature_root(request.config_folder, request.workspace_folder)});
  }};
  FeaturesPlanReply reply_;
};

// FEAT-030, 040, 043, IMG-007: a diamond; the image has an entry for each that is planned
TEST_F(LayeredInstaller, PlansEachFeatureOnce) {
  add_feature("a", R"(,"dependsOn":{"./b":{},"./c":{}})");
  add_feature("b", R"(,"dependsOn":{"./d":{"x":"1"}})");
  add_feature("c", R"(,"dependsOn":{"./d":{"x":"1"}})");
  add_feature("d");
  EXPECT_EQ(plan(R"({"features":{"./a":{}}})"), "./d ./b ./c ./a");
  EXPECT_EQ(reply_.features[0].user_options, R"({"x":"1"})");
  EXPECT_EQ(reply_.features[0].options.at("x"), "1");
  EXPECT_EQ(plan(R"({"features":{"./a":{}, "./d":{}}})"), "./d ./d ./b ./c ./a");  // FEAT-044
}

// FEAT-037, FEAT-039, FEAT-052
TEST_F(LayeredInstaller, HonoursOverridesAndAdditionalFeatures) {
  add_feature("a", R"(,"options":{"version":{"type":"string","default":"0"}})");
  add_feature("b");
  EXPECT_EQ(plan(R"({"features":{"./a":"1","./b":{}},
                     "overrideFeatureInstallOrder":["./b","r.test/x/y","nobody"]})"),
            "./b ./a");
  FeaturesPlanRequest request = plan_request(R"({"features":{"./a":"1"}})");
  request.additional_features = R"({"./b":{},"./a":"2"})";
  const auto reply = installer_.plan(request, {});
  ASSERT_EQ(reply.features.size(), 2U);
  EXPECT_EQ(reply.features[0].options.at("version"), "1");
}

// FEAT-033, edge case 52
TEST_F(LayeredInstaller, IgnoresSoftDependenciesThatCannotBeFetched) {
  add_feature("a", R"(,"installsAfter":["ghcr.io/x/y/z","bareword","./absent","../out"])");
  EXPECT_EQ(plan(R"({"features":{"./a":{}}})"), "./a");
  EXPECT_EQ(plan(R"({})"), "");
  EXPECT_EQ(plan(R"({"features":null})"), "");
}

// FEAT-007, 009, 031
TEST_F(LayeredInstaller, SaysWhyAFeatureCannotBeHad) {
  add_feature("a", R"(,"dependsOn":{"./missing":{}})");
  add_feature("c", R"(,"dependsOn":{"./c":{}})");
  fs::create_directories(config_folder_ / "empty");
  write(config_folder_ / "bare/devcontainer-feature.json", R"({"id":"bare"})");
  EXPECT_EQ(plan(R"({"features":{"./a":{}}})"), "features.not_found");
  EXPECT_EQ(plan(R"({"features":{"./empty":{}}})"), "features.not_found");
  EXPECT_EQ(plan(R"({"features":{"./bare":{}}})"), "features.install_script");
  EXPECT_EQ(plan(R"({"features":{"./c":{}}})"), "features.cycle");
  EXPECT_EQ(plan(R"({"features":{"../a":{}}})"), "features.outside");
  EXPECT_EQ(plan(R"({"features":{"/a":{}}})"), "features.absolute_path");
  EXPECT_EQ(plan(R"({"features":{"fish":{}}})"), "features.legacy");
  EXPECT_EQ(plan(R"({"features":[]})"), "features.syntax");
  EXPECT_EQ(plan(R"({"overrideFeatureInstallOrder":"./a"})"), "features.syntax");
  for (const char* id : {"ghcr.io/devcontainers/features/go:1", "git",
                         "https://x.test/devcontainer-feature-go.tgz"}) {
    EXPECT_EQ(plan(std::string(R"({"features":{")") + id + R"(":{}}})"), "features.remote") << id;
  }
}

// FEAT-003, 049, 050
TEST_F(LayeredInstaller, WarnsThroughEvents) {
  add_feature("a", R"(,"deprecated":true)");
  add_feature("old", R"(,"currentId":"new","legacyIds":["old"])");
  add_feature("B");
  write(config_folder_ / "B/devcontainer-feature.json", R"({"id":"other"})");
  std::vector<std::string> warnings;
  CallOptions options;
  options.on_event = [&](const Event& event) { warnings.push_back(event.warning.value_or("")); };
  installer_.plan(plan_request(R"({"features":{"./a":{},"./B":{},"./old":{}}})"),
                  std::move(options));
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_NE(warnings[2].find("'./old' has been renamed to 'new'"), std::string::npos);
  EXPECT_NE(warnings[0].find("'./a' is deprecated"), std::string::npos);
  EXPECT_NE(warnings[1].find("'other'"), std::string::npos);
}

// FEAT-001, 015, 019
TEST_F(LayeredInstaller, StagesWhatTheBuildNeeds) {
  add_feature("a", R"(,"name":"It's A","documentationURL":"https://x.test")");
  write(config_folder_ / "a/sub/helper", "help");
  write(root_ / "w/shared", "shared");
  fs::create_symlink("../../shared", config_folder_ / "a/link");
  plan(R"({"features":{"./a":{"my.opt":"a$HOME 'q' `id`"}}})");
  FeaturesInstallRequest request = install_request("s");
  request.base_image = "base";
  request.remote_user = "dev";
  const auto reply = installer_.install(request, {});
  ASSERT_EQ(reply.builds.size(), 1U);
  EXPECT_EQ(reply.builds[0].context, request.staging_folder + "/content");
  EXPECT_EQ(reply.builds[0].target, "dev_containers_target_stage");
  EXPECT_EQ(reply.builds[0].args.at("_DEV_CONTAINERS_BASE_IMAGE"), "base");
  EXPECT_EQ(reply.builds[0].args.at("_DEV_CONTAINERS_IMAGE_USER"), "1000:100");
  const fs::path content = reply.builds[0].context;
  EXPECT_EQ(read(content / "a_0/devcontainer-features.env"), "MY_OPT='a$HOME '\\''q'\\'' `id`'\n");
  EXPECT_EQ(read(content / "devcontainer-features.builtin.env"),
            "_CONTAINER_USER='1000'\n_REMOTE_USER='dev'\n");
  EXPECT_EQ(read(content / "a_0/sub/helper"), "help");
  EXPECT_EQ(read(content / "a_0/link"), "shared");
  EXPECT_FALSE(fs::is_symlink(content / "a_0/link"));
  EXPECT_NE(read(content / "a_0/devcontainer-features-install.sh")
                .find("Look at the documentation at https://x.test for help"),
            std::string::npos);
  EXPECT_EQ(read(reply.builds[0].dockerfile).find("ARG _DEV_CONTAINERS_BASE_IMAGE=scratch\n"), 0U);
}

// A repository must not get the user's other files into an image.
TEST_F(LayeredInstaller, FollowsLinksWithinTheWorkspaceOnly) {
  add_feature("real/a");
  fs::create_directory_symlink("real/a", config_folder_ / "a");
  write(root_ / "secret", "secret");
  fs::create_symlink(root_ / "secret", config_folder_ / "real/a/stolen");
  fs::create_symlink("gone", config_folder_ / "real/a/dangling");
  fs::create_directory_symlink(".", config_folder_ / "real/a/circle");
  plan(R"({"features":{"./a":{}}})");
  FeaturesInstallRequest request = install_request("s");
  request.base_image = "base";
  const fs::path staged = installer_.install(request, {}).builds.at(0).context + "/a_0";
  EXPECT_FALSE(fs::is_symlink(staged));
  EXPECT_TRUE(fs::is_regular_file(staged / "install.sh"));
  EXPECT_TRUE(fs::is_symlink(staged / "stolen"));
  EXPECT_TRUE(fs::is_symlink(staged / "dangling"));
  EXPECT_TRUE(fs::is_symlink(staged / "circle"));
}

TEST_F(LayeredInstaller, GivesEqualBytesForEqualRequests) {
  add_feature("a");
  plan(R"({"features":{"./a":{}}})");
  FeaturesInstallRequest first = install_request("s1");
  first.base_image = "base";
  FeaturesInstallRequest second = install_request("s2");
  second.base_image = "base";
  const auto one = installer_.install(first, {});
  EXPECT_EQ(one.content_hash, installer_.install(second, {}).content_hash);
  EXPECT_EQ(one.content_hash.size(), 64U);
  write(config_folder_ / "a/install.sh", "#!/bin/sh\ntrue\n");
  second = install_request("s3");
  second.base_image = "base";
  EXPECT_NE(one.content_hash, installer_.install(second, {}).content_hash);
  second.base_image_id = "sha256:new";
  second.staging_folder = (root_ / "s4").string();
  EXPECT_NE(one.content_hash, installer_.install(second, {}).content_hash);
}

/// The same request for another builder takes what is there; another folder is filled.
TEST_F(LayeredInstaller, PreparesFilesOnceForBothBuilders) {
  add_feature("a");
  plan(R"({"features":{"./a":{}}})");
  FeaturesInstallRequest request = install_request("s1");
  request.base_image = "base";
  const auto classic = installer_.install(request, {});
  const auto content = root_ / "s1/content";
  write(content / "kept", "from the first time");
  request.buildkit = true;
  EXPECT_EQ(installer_.install(request, {}).content_hash, classic.content_hash);
  EXPECT_TRUE(fs::exists(content / "kept"));
  fs::remove_all(content);
  EXPECT_EQ(installer_.install(request, {}).content_hash, classic.content_hash);
  EXPECT_TRUE(fs::exists(content / "a_0/install.sh"));
  request.container_user = "dev";
  EXPECT_NE(installer_.install(request, {}).content_hash, classic.content_hash);
}

// BLD-010, BLD-011
TEST_F(LayeredInstaller, ExtendsDockerfiles) {
  add_feature("a");
  plan(R"({"features":{"./a":{}}})");
  auto request = dockerfile_request("s", "# syntax=x/y:1\n# note\nFROM base\nRUN true");
  const auto classic = installer_.install(request, {});
  ASSERT_EQ(classic.builds.size(), 2U);
  EXPECT_TRUE(classic.builds[0].tags[0].starts_with("dev_container_feature_content:"));
  const BuildImageRequest& build = classic.builds[1];
  EXPECT_EQ(build.context, config_folder_.string());
  EXPECT_EQ(build.tags, std::vector<std::string>{"t"});
  EXPECT_EQ(build.args.at("X"), "a b");
  EXPECT_EQ(build.args.at("_DEV_CONTAINERS_BASE_IMAGE"), "dev_container_auto_added_stage_label");
  const std::string text = read(build.dockerfile);
  EXPECT_EQ(text.find("# syntax=x/y:1\nARG _DEV_CONTAINERS_BASE_IMAGE=scratch\n# note\n"), 0U);
  EXPECT_NE(text.find("FROM base AS dev_container_auto_added_stage_label\nRUN true\n"),
            std::string::npos);
  EXPECT_NE(text.find("FROM " + classic.builds[0].tags[0] + " AS "), std::string::npos);

  request = dockerfile_request("k", "FROM base AS x\nFROM y\n");
  write(config_folder_ / "Dockerfile.dockerignore", "*.o\n");
  request.build.target = "x";
  request.buildkit = request.named_contexts = true;
  const auto kit = installer_.install(request, {});
  ASSERT_EQ(kit.builds.size(), 1U);
  EXPECT_EQ(kit.builds[0].contexts.at("dev_containers_feature_content_source"),
            request.staging_folder + "/content");
  EXPECT_EQ(kit.builds[0].args.at("_DEV_CONTAINERS_BASE_IMAGE"), "x");
  EXPECT_EQ(read(kit.builds[0].dockerfile + ".dockerignore"), "*.o\n");
}

// IMG-033, IMG-034
TEST_F(LayeredInstaller, BuildsNoMoreThanNeededWithoutFeatures) {
  FeaturesInstallRequest image = install_request("i");
  image.base_image = "base";
  EXPECT_TRUE(installer_.install(image, {}).builds.empty());

  auto request = dockerfile_request("d", "FROM base\n");
  const auto labelled = installer_.install(request, {});
  ASSERT_EQ(labelled.builds.size(), 1U);
  EXPECT_NE(read(labelled.builds[0].dockerfile).find("LABEL devcontainer.metadata="),
            std::string::npos);
  request.metadata.clear();
  EXPECT_EQ(installer_.install(request, {}).builds[0].dockerfile, request.build.dockerfile);
}

TEST_F(LayeredInstaller, StopsWhenAsked) {
  add_feature("a");
  plan(R"({"features":{"./a":{}}})");
  std::stop_source stop;
  stop.request_stop();
  CallOptions options;
  options.stop = stop.get_token();
  FeaturesInstallRequest request = install_request("s");
  request.base_image = "base";
  try {
    installer_.install(request, std::move(options));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::cancelled);
  }
}

TEST_F(LayeredInstaller, RefusesARequestWithoutABase) {
  add_feature("a");
  plan(R"({"features":{"./a":{}}})");
  EXPECT_THROW(installer_.install(install_request("s"), {}), Error);
}

}  // namespace
}  // namespace fairlead
