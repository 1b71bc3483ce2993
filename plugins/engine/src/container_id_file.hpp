#pragma once

#include <string>

namespace fairlead::engine {

/// docker's --cidfile: made before the container, so that a second one cannot take the name, and
/// removed again when no container comes of it.
class ContainerIdFile {
 public:
  /// No path: nothing happens, ever. Throws Error(invalid, "backend.run_args") when the file is
  /// there already or cannot be made.
  explicit ContainerIdFile(std::string path);
  ~ContainerIdFile();
  ContainerIdFile(const ContainerIdFile&) = delete;
  ContainerIdFile& operator=(const ContainerIdFile&) = delete;

  /// Throws Error(failed, "backend.run_args") when it cannot be written.
  void write(const std::string& id);

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace fairlead::engine
