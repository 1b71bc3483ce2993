#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fairlead::test {

/// A new empty folder, removed with its content on destruction.
class TemporaryFolder {
 public:
  /// In $TMPDIR; the path is short enough for sockets below it.
  explicit TemporaryFolder(const std::string& prefix = "fl");
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Folders above it are made.
void write_file(const std::filesystem::path& path, std::string_view content);
/// Empty when there is none.
std::string read_file(const std::filesystem::path& path);

}  // namespace fairlead::test
