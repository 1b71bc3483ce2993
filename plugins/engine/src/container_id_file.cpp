#include "container_id_file.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace fairlead::engine {

ContainerIdFile::ContainerIdFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  constexpr mode_t mode = 0666;
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file_ >= 0) return;
  if (errno == EEXIST) {
    throw Error(Status::invalid, "backend.run_args",
                "runArgs: --cidfile names '" + path_ + "', which is there already.",
                "Remove it if the container that it names is gone.");
  }
  throw Error(Status::invalid, "backend.run_args",
              "runArgs: --cidfile names '" + path_ +
                  "', which cannot be made: " + std::generic_category().message(errno) + ".");
}

ContainerIdFile::~ContainerIdFile() {
  if (file_ < 0) return;
  close(file_);
  unlink(path_.c_str());
}

void ContainerIdFile::write(const std::string& id) {
  if (file_ < 0) return;
  if (::write(file_, id.data(), id.size()) != static_cast<ssize_t>(id.size())) {
    throw Error(Status::failed, "backend.run_args",
                "runArgs: the id of the container cannot be written to '" + path_ + "'.");
  }
  close(std::exchange(file_, -1));
}

}  // namespace fairlead::engine
