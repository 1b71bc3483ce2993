#pragma once

#include <fairlead/unique_fd.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The name of an archive's entry without "./" and a "/" behind it, "" for the archive's own
/// folder. Throws Error(invalid, "archive.unsafe") for an absolute path, "..", a line end or NUL.
std::string relative_entry(std::string_view path);

/// A folder that somebody else's archive is written into, and nothing outside it: every step of a
/// path is opened from the one before without following links (SEC-007). Not thread-safe.
/// Everything throws Error "archive.unsafe" (invalid), "archive.write" with the reason.
class SafeFolder {
 public:
  /// Created when missing.
  explicit SafeFolder(std::filesystem::path folder);

  /// A file that is being written; on disk when `close` returns.
  class File {
   public:
    File(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
    void write(std::string_view bytes);
    void close();

   private:
    UniqueFd fd_;
    std::string name_;
  };

  /// `path` is what relative_entry gave. An entry that is there is replaced, folders are kept.
  File add_file(const std::string& path, bool program);
  void add_folder(const std::string& path);
  /// Refuses absolute targets and those that leave the folder as written.
  void add_symlink(const std::string& path, const std::string& target);
  /// `target` is a file that is there.
  void add_hardlink(const std::string& path, const std::string& target);

  /// Call at the end: no link leads outside, not by way of another link either.
  void check_links() const;

 private:
  UniqueFd open_parent(const std::string& path, std::string& name);

  std::filesystem::path folder_;
  UniqueFd root_;
  std::vector<std::string> links_;
};

}  // namespace fairlead
