#include "features/staging.hpp"

#include "base/sha256.hpp"
#include "features/metadata.hpp"
#include "features/reference.hpp"
#include "features/shell_text.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr auto folder_mode = static_cast<fs::perms>(0755);
constexpr auto program_mode = static_cast<fs::perms>(0755);
constexpr auto file_mode = static_cast<fs::perms>(0644);

bool is_executable(fs::perms mode) {
  return (mode & (fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec)) !=
         fs::perms::none;
}

void check(std::stop_token stop) {
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "cancelled", "cancelled while features were prepared");
  }
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// What links of a feature may bring in: the feature, and for a local one its workspace. A
// repository must not get other files of the user's into an image.
std::vector<fs::path> linkable_folders(const fs::path& feature) {
  std::vector<fs::path> folders = {fs::canonical(feature)};
  for (fs::path at = feature; at.has_relative_path(); at = at.parent_path()) {
    if (at.filename() != ".devcontainer") continue;
    folders.push_back(fs::canonical(at.parent_path()));
    break;
  }
  return folders;
}

class Copy {
 public:
  Copy(const fs::path& feature, std::stop_token stop)
      : linkable_(linkable_folders(feature)), stop_(std::move(stop)) {}

  void folder(const fs::path& from, const fs::path& to) const {
    check(stop_);
    fs::create_directory(to);
    fs::permissions(to, folder_mode);
    for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
      copy(entry.path(), to / entry.path().filename());
    }
  }

 private:
  // A link to a file is copied as the file, because what it points to may lie outside the feature;
  // a link to a folder stays a link, or a circle would never end. Sockets and pipes are left out.
  void copy(const fs::path& from, const fs::path& to) const {
    const fs::file_status target = fs::status(from);
    if (fs::is_symlink(fs::symlink_status(from)) &&
        !(fs::is_regular_file(target) && may_follow(from))) {
      fs::copy_symlink(from, to);
    } else if (fs::is_regular_file(target)) {
      fs::copy_file(from, to, fs::copy_options::overwrite_existing);
      fs::permissions(to, is_executable(target.permissions()) ? program_mode : file_mode);
    } else if (fs::is_directory(target)) {
      folder(from, to);
    }
  }

  bool may_follow(const fs::path& link) const {
    const fs::path target = fs::canonical(link);
    return std::any_of(linkable_.begin(), linkable_.end(),
                       [&target](const fs::path& folder) { return lies_in(target, folder); });
  }

  std::vector<fs::path> linkable_;
  std::stop_token stop_;
};

void hash_file(Sha256& hash, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65536> buffer{};
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (file.bad() || !file.eof()) throw fs::filesystem_error("cannot read", path, std::error_code());
}

// Each entry is name, kind, size and bytes, so no two trees give the same stream.
void hash_entry(Sha256& hash, const fs::path& root, const fs::path& path) {
  const fs::file_status status = fs::symlink_status(path);
  hash.update(path.lexically_relative(root).string() + '\0');
  if (fs::is_symlink(status)) {
    hash.update("link " + fs::read_symlink(path).string() + '\0');
  } else if (fs::is_directory(status)) {
    hash.update("folder");
  } else {
    hash.update((is_executable(status.permissions()) ? "program " : "file ") +
                std::to_string(fs::file_size(path)) + '\0');
    hash_file(hash, path);
  }
}

}  // namespace

std::string digest_of_folder(const std::string& folder) {
  const fs::path root = folder;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  Sha256 hash;
  for (const fs::path& path : paths) hash_entry(hash, root, path);
  return to_hex(hash.finish());
}

namespace {

// Plain writing: the folder is temporary, so neither atomicity nor fsync is of use.
void write_text(const fs::path& path, const std::string& text, fs::perms mode) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw fs::filesystem_error("cannot write", path, std::error_code());
  fs::permissions(path, mode);
}

void stage_feature(const PlannedFeature& feature, const fs::path& folder, std::stop_token stop) {
  Copy(feature.folder, std::move(stop)).folder(feature.folder, folder);
  const FeatureMetadata metadata =
      parse_feature_metadata(feature.metadata, feature.id, /*lenient=*/true);  // judged when read
  write_text(folder / "devcontainer-features.env", options_file(feature), file_mode);
  write_text(folder / "devcontainer-features-install.sh", install_script(feature, metadata),
             program_mode);
}

std::string or_else(const std::string& value, const std::string& fallback) {
  return value.empty() ? fallback : value;
}

}  // namespace

std::string staged_name(const PlannedFeature& feature, std::size_t position) {
  std::string name = parse_feature_reference(feature.id).name;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_');
      },
      '_');
  return name + "_" + std::to_string(position);
}

std::string stage_content(const FeaturesInstallRequest& request, const std::string& folder,
                          std::stop_token stop) {
  const std::string image_user = or_else(request.image_user, "root");
  const std::string container_user = or_else(request.container_user, image_user);
  const fs::path root = folder;
  try {
    fs::remove_all(root);
    fs::create_directories(root);
    for (std::size_t i = 0; i < request.features.size(); ++i) {
      stage_feature(request.features[i], root / staged_name(request.features[i], i), stop);
    }
    write_text(root / "devcontainer-features.builtin.env",
               users_file(container_user, or_else(request.remote_user, container_user)), file_mode);
    return digest_of_folder(folder);
  } catch (const fs::filesystem_error& error) {
    throw Error(Status::failed, "features.staging",
                std::string("the features could not be prepared: ") + error.what());
  }
}

}  // namespace fairlead
