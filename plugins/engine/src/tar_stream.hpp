#pragma once

#include <fairlead/unique_fd.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace fairlead::engine {

/// One entry of an archive: a file of the user's machine, or text that we made.
struct TarEntry {
  std::string name;  ///< in the archive
  std::string path;  ///< on the user's machine; empty: `text` is the content
  std::string text;
};

/// A tar archive made while it is read (ustar with GNU long names): owner root, modes and times as
/// they are. Files that vanish or shrink meanwhile are filled with zeros to the size announced.
class TarStream {
 public:
  explicit TarStream(std::vector<TarEntry> entries) : entries_(std::move(entries)) {}

  /// How many bytes were put into `data`; 0 at the end. Throws Error(failed, "image.build_file")
  /// when a file cannot be read.
  std::size_t read(char* data, std::size_t size);

 private:
  void next_entry();
  void read_file(char* data, std::size_t size);

  std::vector<TarEntry> entries_;
  std::size_t next_ = 0;
  std::string ready_;       ///< headers, text and padding to hand out
  std::size_t handed_ = 0;  ///< of `ready_`
  UniqueFd file_;
  std::size_t file_left_ = 0;
  std::size_t padding_ = 0;
  bool ended_ = false;
};

}  // namespace fairlead::engine
