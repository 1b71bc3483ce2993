#include "features/collection.hpp"

#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "features/archive.hpp"
#include "features/template_metadata.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Job {
  ArtifactKind kind;
  const fs::path& output;
  const fs::path& staging;
  const Log& log;
  std::stop_token stop;
};

Error incomplete(const std::string& message) {
  return Error(Status::invalid, "collection.incomplete", message);
}

Json read_object(const fs::path& file) {
  const auto document = read_jsonc(read_file(file), {.file = file.string()});
  if (document && document->is_object()) return *document;
  throw incomplete(file.string() + " must be a JSON object.");
}

std::string text_member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> legacy_ids(const Json& metadata) {
  std::vector<std::string> ids;
  const auto found = metadata.find("legacyIds");
  if (found == metadata.end() || !found->is_array()) return ids;
  for (const Json& id : *found) {
    if (id.is_string()) ids.push_back(id.get<std::string>());
  }
  return ids;
}

// What the published metadata says beyond the file: nothing, or the file has to change.
bool complete_metadata(const Job& job, const fs::path& folder, Json& metadata) {
  if (job.kind == ArtifactKind::dev_template) {
    metadata = published_template_metadata(folder, std::move(metadata));
    return true;
  }
  if (legacy_ids(metadata).empty()) return false;
  metadata["currentId"] = metadata["id"];
  return true;
}

void require_members(const Job& job, const Json& metadata, const std::string& what) {
  for (const char* key : {"id", "version", "name"}) {
    if (!text_member(metadata, key).empty()) continue;
    throw incomplete(what + " is missing one of the following required properties in its " +
                     artifact_metadata_file(job.kind) + ": 'id', 'version', 'name'.");
  }
}

// The archive holds the folder, with the metadata that is published.
std::string archive_of(const Job& job, const fs::path& folder, const Json& metadata, bool changed) {
  if (!changed) return make_archive(folder, job.stop);
  const fs::path copy = job.staging / folder.filename();
  fs::copy(folder, copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  write_file(copy / artifact_metadata_file(job.kind), metadata.dump(4));
  std::string bytes = make_archive(copy, job.stop);
  std::error_code none;
  fs::remove_all(copy, none);
  return bytes;
}

std::string capitalised(std::string_view word) {
  std::string text(word);
  text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

PackagedArtifact package_one(const Job& job, const fs::path& folder, bool single, Json& all) {
  const std::string word(artifact_word(job.kind));
  const std::string what =
      single ? word : capitalised(word) + " '" + folder.filename().string() + "'";
  Json metadata = read_object(folder / artifact_metadata_file(job.kind));
  std::error_code none;
  if (job.kind == ArtifactKind::feature && !fs::exists(folder / "install.sh", none)) {
    throw incomplete(what + " is missing an install.sh");
  }
  require_members(job, metadata, what);
  const bool changed = complete_metadata(job, folder, metadata);
  PackagedArtifact artifact{.id = text_member(metadata, "id"),
                            .version = text_member(metadata, "version"),
                            .legacy_ids = legacy_ids(metadata),
                            .metadata = json_text(metadata),
                            .archive = {}};
  // A collection's archives are named after folders, a single one after its id.
  artifact.archive =
      "devcontainer-" + word + '-' + (single ? artifact.id : folder.filename().string()) + ".tgz";
  write_file(job.output / artifact.archive, archive_of(job, folder, metadata, changed));
  all.push_back(std::move(metadata));
  return artifact;
}

std::vector<fs::path> artifact_folders(const Job& job, const fs::path& target) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(target)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  std::erase_if(folders, [&job](const fs::path& folder) {
    std::error_code none;
    if (fs::exists(folder / artifact_metadata_file(job.kind), none)) return false;
    job.log.text(LogLevel::warning, "(!) WARNING: " + std::string(artifact_word(job.kind)) + " '" +
                                        folder.filename().string() + "' is missing a " +
                                        artifact_metadata_file(job.kind) + ". Skipping... ");
    return true;
  });
  return folders;
}

}  // namespace

std::string_view artifact_word(ArtifactKind kind) {
  return kind == ArtifactKind::feature ? "feature" : "template";
}

std::string artifact_metadata_file(ArtifactKind kind) {
  return "devcontainer-" + std::string(artifact_word(kind)) + ".json";
}

PackagedCollection package_collection(ArtifactKind kind, const fs::path& target,
                                      const fs::path& output, const fs::path& staging,
                                      const Log& log, std::stop_token stop) {
  const Job job{kind, output, staging, log, std::move(stop)};
  std::error_code none;
  if (!fs::is_directory(target, none)) {
    throw Error(Status::not_found, "collection.target",
                "Target folder '" + target.string() + "' does not exist");
  }
  const std::string word(artifact_word(kind));
  const bool single = fs::exists(target / artifact_metadata_file(kind), none);
  log.text(LogLevel::info,
           "Packaging " + (single ? "single " + word : word + " collection") + "...");
  PackagedCollection collection;
  Json all = Json::array();
  for (const auto& folder : single ? std::vector{target} : artifact_folders(job, target)) {
    const std::string name = folder.filename().string();
    if (!single) log.text(LogLevel::info, "Processing " + word + ": " + name + "...");
    collection.artifacts.push_back(package_one(job, folder, single, all));
  }
  if (collection.artifacts.empty()) {
    throw Error(Status::not_found, "collection.empty", "Failed to package " + word + "s",
                "Each lies in a folder of its own below the target, with a " +
                    artifact_metadata_file(kind) + ".");
  }
  log.text(LogLevel::info,
           single ? "Packaged " + word + " '" + collection.artifacts[0].id + "'"
                  : "Packaged " + std::to_string(collection.artifacts.size()) + ' ' + word + "s!");
  write_file(output / collection_file, Json{{"sourceInformation", {{"source", "devcontainer-cli"}}},
                                            {word + "s", std::move(all)}}
                                           .dump(4));
  return collection;
}

}  // namespace fairlead
