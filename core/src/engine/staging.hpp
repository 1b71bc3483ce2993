#pragma once

#include <fairlead/core.hpp>

#include <filesystem>
#include <string>

namespace fairlead {

/// The folder where a build's inputs are put together: one per workspace, emptied on entry and
/// removed at the end, so that what a killed run left is gone after the next. The caller holds the
/// workspace's lock.
class StagingFolder {
 public:
  StagingFolder(const Core& core, const std::string& key);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace fairlead
