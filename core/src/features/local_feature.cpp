#include "features/local_feature.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <filesystem>
#include <optional>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr const char* metadata_file = "devcontainer-feature.json";

[[noreturn]] void refuse_remote(const FeatureReference& reference) {
  std::string message = "feature '" + reference.id + "' comes from ";
  message += reference.kind == FeatureKind::oci ? "registry " + reference.registry : "the network";
  if (!reference.shorthand.empty()) message += " ('" + reference.shorthand + "' is short for it)";
  throw Error(Status::unsupported, "features.remote",
              message + "; this version installs local features only",
              "Copy the feature below .devcontainer and name it './" + reference.name + "'.");
}

}  // namespace

FeatureSource locate_feature(const FeatureReference& reference, const LocalFeaturePlace& place) {
  FeatureSource source;
  source.reference = reference;
  if (reference.kind == FeatureKind::local) {
    source.location = local_feature_folder(reference, place.config_folder, place.root);
  } else if (reference.kind == FeatureKind::tarball) {
    source.location = reference.path;
  } else if (reference.kind == FeatureKind::release) {
    source.location = reference.path + '/' + reference.name;
  }
  return source;
}

FetchedFeature read_local_feature(const FeatureReference& reference,
                                  const LocalFeaturePlace& place) {
  if (reference.kind != FeatureKind::local) refuse_remote(reference);
  FetchedFeature result;
  result.source = locate_feature(reference, place);
  result.folder = result.source.location;
  const fs::path folder = result.folder;
  const std::optional<std::string> text = read_file_if_there(folder / metadata_file);
  std::error_code none;
  if (!text && place.drop_in) {
    throw Error(
        Status::not_found, "features.not_found",
        "ENOENT: no such file or directory, open '" + (folder / metadata_file).string() + "'",
        "Local features are relative to the folder of devcontainer.json.");
  }
  if (!text) {
    const bool there = fs::is_directory(folder, none);
    throw Error(Status::not_found, "features.not_found",
                "feature '" + reference.id + "': " +
                    (there ? "there is no devcontainer-feature.json in " : "there is no folder ") +
                    folder.string(),
                "Local features are relative to the folder of devcontainer.json.");
  }
  result.metadata = parse_feature_metadata(*text, (folder / metadata_file).string(), place.drop_in);
  if (!fs::is_regular_file(folder / "install.sh", none)) {
    throw Error(Status::not_found, "features.install_script",
                "feature '" + reference.id + "': there is no install.sh in " + folder.string());
  }
  return result;
}

FeatureSource LocalFeatures::locate(const FeatureReference& reference) const {
  return locate_feature(reference, place_);
}

DescribedFeature LocalFeatures::describe(const FeatureReference& reference, std::stop_token stop) {
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "cancelled", "cancelled while features were resolved");
  }
  FetchedFeature fetched = read_local_feature(reference, place_);
  return {.source = std::move(fetched.source),
          .metadata = std::move(fetched.metadata),
          .manifest = {},
          .resolved = {},
          .digest = {}};
}

std::string LocalFeatures::fetch(const DescribedFeature& feature, std::stop_token /*stop*/) {
  return feature.source.location;
}

}  // namespace fairlead
