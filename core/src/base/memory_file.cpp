#include "base/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace fairlead {

UniqueFd memory_file(std::string_view content) {
  UniqueFd file(::memfd_create("fairlead", MFD_CLOEXEC));
  while (file && !content.empty()) {
    const auto count = ::write(file.get(), content.data(), content.size());
    if (count <= 0) return {};
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (file) ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace fairlead
