#include "features/template_metadata.hpp"

#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "features/oci_reference.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Error incomplete(const std::string& message) {
  return Error(Status::invalid, "collection.incomplete", message);
}

fs::path config_file(const fs::path& folder) {
  std::error_code none;
  for (const char* name : {".devcontainer.json", ".devcontainer/devcontainer.json"}) {
    if (fs::exists(folder / name, none)) return folder / name;
  }
  throw incomplete("Template is missing a devcontainer.json");
}

std::string kind_of(const Json& config, const fs::path& file) {
  if (config.contains("image")) return "image";
  const auto build = config.find("build");
  const bool built = build != config.end() && build->is_object() && build->contains("dockerfile");
  if (config.contains("dockerFile") || built) return "dockerfile";
  if (config.contains("dockerComposeFile")) return "dockerCompose";
  throw incomplete("Dev container config (" + file.string() +
                   ") is missing one of \"image\", \"dockerFile\" or \"dockerComposeFile\" "
                   "properties.");
}

// Breadth first as the reference CLI lists them: the files of a folder before its sub-folders'.
std::vector<std::string> files_of(const fs::path& root) {
  std::vector<std::string> files;
  std::vector<fs::path> folders{root};
  for (std::size_t i = 0; i < folders.size(); ++i) {
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folders[i])) entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    for (const auto& path : entries) {
      std::error_code none;
      if (fs::is_directory(fs::symlink_status(path, none))) {
        folders.push_back(path);
      } else {
        files.push_back(path.lexically_relative(root).string());
      }
    }
  }
  return files;
}

std::vector<std::string> feature_ids(const Json& config) {
  std::vector<std::string> ids;
  const auto features = config.find("features");
  if (features == config.end() || !features->is_object()) return ids;
  for (const auto& [id, options] : features->items()) {
    try {
      ids.push_back(parse_oci_reference(id).name());
    } catch (const Error&) {
      continue;  // local ones and addresses are no part of a registry
    }
  }
  return ids;
}

void name_lone_files(const fs::path& folder, const std::vector<std::string>& files,
                     Json& optional_paths) {
  for (Json& entry : optional_paths) {
    if (!entry.is_string()) continue;
    const auto path = entry.get<std::string>();
    if (!path.ends_with("/*") || path.size() < 3) continue;
    const std::string prefix = path.substr(0, path.size() - 2);
    std::vector<std::string> below;
    std::copy_if(files.begin(), files.end(), std::back_inserter(below),
                 [&](const std::string& file) { return file.starts_with(prefix); });
    std::error_code none;
    if (below.size() == 1 && fs::is_regular_file(folder / below.front(), none)) {
      entry = below.front();
    }
  }
}

}  // namespace

Json published_template_metadata(const fs::path& folder, Json metadata) {
  const fs::path file = config_file(folder);
  const auto config = read_jsonc(read_file(file), {.file = file.string()});
  if (!config || !config->is_object()) throw incomplete(file.string() + " must be a JSON object.");
  const auto files = files_of(folder);
  metadata["type"] = kind_of(*config, file);
  metadata["files"] = files;
  metadata["fileCount"] = files.size();
  metadata["featureIds"] = feature_ids(*config);
  if (const auto found = metadata.find("optionalPaths");
      found != metadata.end() && found->is_array()) {
    name_lone_files(folder, files, *found);
  }
  return metadata;
}

}  // namespace fairlead
