#pragma once

#include <fairlead/model.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bubblewrap {

/// A sandbox as it stands on the disk.
struct Record {
  std::filesystem::path folder;
  fairlead::InstanceInfo info;
  fairlead::CreateRequest request;
  int main_process = 0;  ///< 0: it does not run

  std::filesystem::path root() const { return folder / "root"; }
};

struct Image {
  std::filesystem::path root;
  fairlead::ImageInfo info;
};

/// The folder with everything that the plugin keeps. The truth about what runs is the kernel's.
class Store {
 public:
  explicit Store(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }

  std::optional<Image> image(const std::string& name) const;
  std::filesystem::path image_folder(const std::string& name) const;

  /// Throws conflict ("instance.name_taken").
  Record add(const fairlead::CreateRequest& request, const std::string& image_id) const;
  /// By id, a beginning of it, or name. Throws not_found ("instance.not_found").
  Record find(const std::string& id) const;
  std::vector<Record> list() const;
  void remove(const Record& record, bool volumes) const;

  std::filesystem::path volume(const std::string& name) const;

 private:
  Record read(const std::filesystem::path& folder) const;
  std::filesystem::path folder_;
};

std::string content_of(const std::filesystem::path& file);
/// Replaces it at once, so that nobody reads half of it.
void write_file(const std::filesystem::path& file, const std::string& text);
/// The time a process was started: a number alone may be somebody else's by now. Empty: it is gone.
std::string start_time(int process);

}  // namespace bubblewrap
