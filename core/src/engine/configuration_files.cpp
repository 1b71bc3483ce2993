#include "engine/configuration_files.hpp"

#include "spec/layered_source.hpp"
#include "spec/load_layers.hpp"

#include <fairlead/config.hpp>
#include <fairlead/error.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_of_a_feature = 200;

std::string plain(const fs::path& path) { return path.lexically_normal().string(); }

std::string beside(const std::string& file, const char* name) {
  return plain(fs::path(file).parent_path() / name);
}

/// Links are not followed. A folder without a feature may be anything, the whole workspace too:
/// only the file that would make it one is of interest.
void add_feature(const fs::path& feature, std::vector<std::string>& files) {
  files.push_back(plain(feature / "devcontainer-feature.json"));
  std::error_code error;
  if (!fs::is_regular_file(files.back(), error)) return;
  std::size_t count = 0;
  for (auto entry = fs::recursive_directory_iterator(feature, error);
       !error && entry != fs::recursive_directory_iterator() && count < most_of_a_feature;
       entry.increment(error), ++count) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(plain(entry->path()));
  }
}

void add_named(const ConfigDocument& document, std::vector<std::string>& files) {
  const auto config = parse_config(document, Faulty::ignore);
  if (!config.build.dockerfile.empty()) files.push_back(plain(config.build.dockerfile));
  for (const auto& file : config.compose.files) {
    files.push_back(plain(file));
    files.push_back(beside(file, ".env"));
  }
  if (!config.compose.files.empty()) {
    files.push_back(plain(fs::path(document.workspace.local_folder) / ".env"));
  }
  for (const auto& feature : config.features) {
    if (feature.id.starts_with("./") || feature.id.starts_with("../"))
      add_feature(fs::path(document.config_folder()) / feature.id, files);
  }
}

}  // namespace

std::vector<std::string> files_of_configuration(const Core& core, const std::string& folder,
                                                const std::string& config_file) {
  std::vector<std::string> files = {config_file, local_config_of(config_file)};
  try {
    const auto document = read_config({.workspace_folder = folder,
                                       .config = config_file,
                                       .environment = core.options().environment,
                                       .working_directory = folder});
    if (const auto* layered = dynamic_cast<const LayeredSource*>(document.source.get())) {
      for (const auto& layer : layered->layers()) files.push_back(layer.file);
    }
    add_named(document, files);
  } catch (const Error&) {  // whoever mends it changes one of these two
  }
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace fairlead
