// An installer that knows the features in a project's own folder and nothing else.
#include "dockerfile.hpp"

#include <fairlead/sdk/plugin.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace {

namespace sdk = fairlead::sdk;
namespace fs = std::filesystem;
using fairlead::Error;
using fairlead::PlannedFeature;
using fairlead::Status;
using nlohmann::json;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string as_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// One plan in the making: what a feature depends on comes before it, everything once.
class Plan {
 public:
  explicit Plan(const fairlead::FeaturesPlanRequest& request) : request_(request) {}

  void add(const std::string& id, const json& given) {
    if (!seen_.insert(id).second) return;
    const auto feature = read(id, given);
    const auto metadata = json::parse(feature.metadata);
    const auto first = metadata.value("dependsOn", json::object());
    for (const auto& [other, options] : first.items()) {
      add(other, options);
    }
    features_.push_back(feature);
  }
  std::vector<PlannedFeature> take() { return std::move(features_); }

 private:
  PlannedFeature read(const std::string& id, const json& given) const {
    if (!id.starts_with("./")) {
      throw Error(Status::unsupported, "features.plain",
                  "'" + id + "' is no feature of the project's.",
                  "Set feature_installer to \"built-in\" for features of registries.");
    }
    const auto folder = (fs::path(request_.config_folder) / id).lexically_normal();
    const auto file = folder / "devcontainer-feature.json";
    if (!fs::exists(file)) {
      throw Error(Status::not_found, "feature.not_found", "There is no feature " + id + ".",
                  "Looked for " + file.string() + '.');
    }
    PlannedFeature feature;
    feature.id = id;
    feature.folder = folder.string();
    feature.user_options = given.dump();
    const auto metadata = json::parse(content_of(file), nullptr, true, true);
    feature.metadata = metadata.dump();
    const auto declared = metadata.value("options", json::object());
    for (const auto& [name, option] : declared.items()) {
      feature.options[name] = as_text(option.value("default", json("")));
    }
    if (given.is_string()) feature.options["version"] = given.get<std::string>();
    if (given.is_object()) {
      for (const auto& [name, value] : given.items()) feature.options[name] = as_text(value);
    }
    return feature;
  }

  const fairlead::FeaturesPlanRequest& request_;
  std::set<std::string> seen_;
  std::vector<PlannedFeature> features_;
};

class PlainFeatures final : public sdk::FeatureInstaller {
 public:
  explicit PlainFeatures(sdk::Core core) : core_(core) {}

  fairlead::FeaturesPlanReply plan(const fairlead::FeaturesPlanRequest& request,
                                   sdk::Call&) override {
    auto wanted = json::parse(request.config).value("features", json::object());
    if (!request.additional_features.empty()) {
      const auto more = json::parse(request.additional_features);
      for (const auto& [id, options] : more.items()) {
        if (!wanted.contains(id)) wanted[id] = options;
      }
    }
    Plan plan(request);
    for (const auto& [id, options] : wanted.items()) plan.add(id, options);
    return {plan.take(), {}};
  }

  fairlead::FeaturesInstallReply install(const fairlead::FeaturesInstallRequest& request,
                                         sdk::Call&) override {
    if (request.features.empty()) return {};
    if (!request.build.dockerfile.empty()) {
      throw Error(Status::unsupported, "features.plain",
                  "Features on a Dockerfile are not known here.",
                  "Set feature_installer to \"built-in\".");
    }
    const auto text = write_build(request);
    core_.log(sdk::Level::debug, "a layer for each of " + std::to_string(request.features.size()));
    fairlead::FeaturesInstallReply reply;
    auto build = request.build;
    build.dockerfile = (fs::path(request.staging_folder) / "Dockerfile").string();
    build.context = request.staging_folder;
    reply.builds = {std::move(build)};
    reply.content_hash = content_hash(text, request);
    return reply;
  }

 private:
  sdk::Core core_;
};

}  // namespace

FAIRLEAD_PLUGIN(PlainFeatures, "org.example.plain-features", "0.1.0");
