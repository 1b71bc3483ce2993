#include "plugins/kit/opened.hpp"

#include <fairlead/error.hpp>

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fairlead::kit {

namespace {

namespace fs = std::filesystem;

/// A project with two local features, gone with its end.
class Project {
 public:
  Project() {
    std::string name = (fs::temp_directory_path() / "fairlead-kit.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Broken("no folder for a project");
    folder_ = name;
    feature("one",
            R"({"id":"one","version":"1.0.0","name":"One","options":{"greeting":)"
            R"({"type":"string","default":"hey"},"loud":{"type":"boolean","default":true}}})");
    feature("two", R"({"id":"two","version":"1.0.0","name":"Two","dependsOn":{"./one":{}}})");
    fs::create_directory(folder_ / "staging");
  }
  ~Project() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  FeaturesPlanRequest plan_of(const std::string& features) const {
    FeaturesPlanRequest request;
    request.config = R"({"image":"example","features":)" + features + "}";
    request.config_folder = (folder_ / ".devcontainer").string();
    request.workspace_folder = folder_.string();
    return request;
  }
  std::string staging() const { return (folder_ / "staging").string(); }

 private:
  void feature(const std::string& name, const std::string& metadata) {
    const auto where = folder_ / ".devcontainer" / name;
    fs::create_directories(where);
    std::ofstream(where / "devcontainer-feature.json") << metadata;
    std::ofstream(where / "install.sh") << "#!/bin/sh\necho " << name << '\n';
  }
  fs::path folder_;
};

constexpr auto* one_alone = R"({"./one":{"greeting":"hi"}})";

void no_features(FeatureInstaller& installer) {
  const Project project;
  require(installer.plan(project.plan_of("{}"), {}).features.empty(),
          "it plans features where there are none");
}

void plans_local(FeatureInstaller& installer) {
  const Project project;
  const auto planned = installer.plan(project.plan_of(one_alone), {}).features;
  require(planned.size() == 1, "it plans " + std::to_string(planned.size()) + " features, not one");
  const auto& one = planned.front();
  require(fs::exists(fs::path(one.folder) / "install.sh"), "its folder has no install.sh");
  require(one.metadata.find("\"one\"") != std::string::npos, "the feature's metadata is missing");
  const auto option = [&](const char* name) {
    const auto found = one.options.find(name);
    return found == one.options.end() ? "absent" : found->second;
  };
  require(option("greeting") == "hi", "the user's option is " + option("greeting"));
  require(option("loud") == "true", "the default of an option is " + option("loud"));
}

void plans_in_order(FeatureInstaller& installer) {
  const Project project;
  const auto planned = installer.plan(project.plan_of(R"({"./two":{},"./one":{}})"), {}).features;
  const auto at = [&](std::string_view name) {
    return std::ranges::find_if(
               planned,
               [&](const PlannedFeature& each) { return fs::path(each.id).filename() == name; }) -
           planned.begin();
  };
  require(planned.size() == 2, "it plans " + std::to_string(planned.size()) + " features, not two");
  require(at("one") < at("two"), "a feature comes before what it depends on");
}

void misses_one(FeatureInstaller& installer) {
  const Project project;
  try {
    installer.plan(project.plan_of(R"({"./none":{}})"), {});
  } catch (const Error& error) {
    require(error.status() != Status::internal && !error.message().empty(),
            "a feature that is not there is " + error.code());
    return;
  }
  throw Broken("it plans a feature that is not there");
}

FeaturesInstallReply built(FeatureInstaller& installer, const Project& project) {
  FeaturesInstallRequest request;
  request.features = installer.plan(project.plan_of(one_alone), {}).features;
  request.staging_folder = project.staging();
  request.base_image = "example";
  request.base_image_id = "sha256:0";
  request.build.tags = {"example-with-features"};
  return installer.install(request, {});
}

void builds(FeatureInstaller& installer) {
  const Project project;
  const auto reply = built(installer, project);
  require(!reply.builds.empty(), "it builds nothing");
  const auto& build = reply.builds.back();
  require(fs::exists(build.dockerfile), "its Dockerfile does not exist: " + build.dockerfile);
  const bool tagged = std::ranges::find(build.tags, "example-with-features") != build.tags.end();
  require(tagged, "its last build does not have the tag that it was given");
}

void hashes(FeatureInstaller& installer) {
  const Project one;
  const auto hash = built(installer, one).content_hash;
  const bool hex = hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == hash.npos;
  require(hex, "its content hash is no SHA-256: " + hash);
  const Project other;
  require(built(installer, other).content_hash == hash, "the same content has another hash");
}

}  // namespace

void add_feature_checks(std::vector<Check>& checks) {
  const auto add = [&](const char* name, const char* description,
                       void (*check)(FeatureInstaller&)) {
    checks.push_back({name, description, [check](const Setup& setup) {
                        Opened opened(setup);
                        opened.need(FAIRLEAD_FEATURES_V1);
                        const auto installer = opened.registry().open_features(
                            opened.manifest().id, local_host(), nullptr, opened.settings());
                        check(*installer);
                      }});
  };
  add("features.none", "plans nothing where there is nothing", no_features);
  add("features.local", "plans a local feature with its options", plans_local);
  add("features.order", "plans what a feature depends on before it", plans_in_order);
  add("features.missing", "says that a feature is not there", misses_one);
  add("features.build", "makes a build that has the caller's tag", builds);
  add("features.hash", "hashes the same content alike", hashes);
}

}  // namespace fairlead::kit
