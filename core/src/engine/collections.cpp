#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "engine/registry_access.hpp"
#include "engine/staging.hpp"
#include "features/collection.hpp"
#include "features/documentation.hpp"
#include "features/publish.hpp"

#include <fairlead/collections.hpp>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t archive_limit = std::size_t{1} << 30U;

// Several packagings at once do not meet.
std::string staging_key(const char* what) {
  return std::string(what) + '-' + std::to_string(::getpid());
}

fs::path absolute(const Core& core, const std::string& path) {
  fs::path result = (fs::path(core.options().working_directory) / path).lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

void make_output(const fs::path& folder, bool replace) {
  std::error_code none;
  if (fs::exists(folder, none)) {
    if (!replace) {
      throw Error(Status::conflict, "collection.output",
                  "(!) ERR: Output directory '" + folder.string() +
                      "' already exists. Manually delete, or pass '-f' to continue.");
    }
    fs::remove_all(folder);
  }
  fs::create_directories(folder);
}

std::string content_of(const fs::path& output, const std::string& name) {
  return read_file(output / name, archive_limit);
}

Json published_json(const PackagedArtifact& artifact, const Published& published) {
  if (published.tags.empty()) return Json::object();
  return {{"publishedTags", published.tags},
          {"digest", published.digest},
          {"version", artifact.version}};
}

class Publishing {
 public:
  Publishing(Core& core, const PublishRequest& request, fs::path output, std::stop_token stop)
      : core_(core),
        request_(request),
        output_(std::move(output)),
        stop_(std::move(stop)),
        registry_(registry_options(core, core.settings({}, nullptr)), core.log()) {}

  std::string run(const PackagedCollection& collection) {
    Json result = Json::object();
    for (const PackagedArtifact& artifact : collection.artifacts) {
      result[artifact.id] = publish(artifact);
    }
    core_.log().text(LogLevel::info, "Publishing collection metadata...");
    publish_collection(registry_, parse_oci_reference(request_.registry + '/' + request_.space),
                       content_of(output_, collection_file), stop_);
    core_.log().text(LogLevel::info, "Published collection metadata.");
    return json_text(result);
  }

 private:
  OciReference repository(const std::string& id) const {
    return parse_oci_reference(request_.registry + '/' + request_.space + '/' + id);
  }

  Published push(const PackagedArtifact& artifact, const std::string& id,
                 const std::string& content) {
    return publish_artifact(registry_, repository(id), artifact, request_.kind, content,
                            core_.log(), stop_);
  }

  Json publish(const PackagedArtifact& artifact) {
    core_.log().text(LogLevel::info, "Processing " + std::string(artifact_word(request_.kind)) +
                                         ": " + artifact.id + "...");
    const std::string content = content_of(output_, artifact.archive);
    const Published published = push(artifact, artifact.id, content);
    Json json = published_json(artifact, published);
    if (published.tags.empty() || artifact.legacy_ids.empty()) return json;
    Json legacy = Json::array();
    for (const std::string& id : artifact.legacy_ids) {
      core_.log().text(LogLevel::info, "Processing legacyId: '" + id + "'...");
      if (!push(artifact, id, content).tags.empty()) legacy.push_back(id);
    }
    if (!legacy.empty()) json["publishedLegacyIds"] = std::move(legacy);
    return json;
  }

  Core& core_;
  const PublishRequest& request_;
  fs::path output_;
  std::stop_token stop_;
  Registry registry_;
};

}  // namespace

void package_artifacts(Core& core, const PackageRequest& request, std::stop_token stop) {
  const fs::path target = absolute(core, request.target);
  const fs::path output = absolute(core, request.output_folder);
  std::error_code none;
  if (!fs::is_directory(target, none)) {
    throw Error(Status::not_found, "collection.target",
                "Target folder '" + target.string() + "' does not exist");
  }
  make_output(output, request.replace_output);
  const StagingFolder staging(core, staging_key("package"));
  package_collection(request.kind, target, output, staging.path(), core.log(), std::move(stop));
}

std::string publish_artifacts(Core& core, const PublishRequest& request, std::stop_token stop) {
  const StagingFolder staging(core, staging_key("publish"));
  const fs::path output = staging.path() / "output";
  const fs::path copies = staging.path() / "copies";
  make_folders(output);
  make_folders(copies);
  const auto collection = package_collection(request.kind, absolute(core, request.target), output,
                                             copies, core.log(), stop);
  return Publishing(core, request, output, std::move(stop)).run(collection);
}

void generate_documentation(Core& core, const DocumentationRequest& request) {
  generate_readmes(request.kind,
                   {.folder = request.folder,
                    .registry = request.registry,
                    .space = request.space,
                    .owner = request.github_owner,
                    .repository = request.github_repository},
                   core.log());
}

}  // namespace fairlead
