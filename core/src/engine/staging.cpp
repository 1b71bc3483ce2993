#include "engine/staging.hpp"

#include "base/atomic_file.hpp"

#include <system_error>

namespace fairlead {

StagingFolder::StagingFolder(const Core& core, const std::string& key)
    : path_(std::filesystem::path(core.state_folder()) / "staging" / key) {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  make_folders(path_);
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace fairlead
