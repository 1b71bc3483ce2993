#include "base/module.hpp"

#include "base/paths.hpp"

#include <fairlead/error.hpp>

#include <dlfcn.h>

#include <filesystem>
#include <string>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

Error missing(const std::string& file, const std::string& why) {
  return Error(Status::unavailable, "module.missing",
               "The module " + file + " cannot be loaded: " + why + ".",
               "It belongs to fairlead and lies in lib/fairlead/core; install it again.");
}

fs::path module_path(const std::string& file) {
  std::error_code ignored;
  const auto folder = executable_path().parent_path();
  for (const auto& entry : {folder / "../lib/fairlead/core", folder / "../lib64/fairlead/core",
                            folder / "fairlead/core", folder / "../../lib/fairlead/core"}) {
    if (fs::exists(entry / file, ignored)) return entry / file;
  }
  // Debian's library folders have the machine's name in them: ../lib/x86_64-linux-gnu.
  for (const auto& entry : fs::directory_iterator(folder / "../lib", ignored)) {
    auto path = entry.path() / "fairlead/core" / file;
    if (fs::exists(path, ignored)) return path;
  }
  throw missing(file, "it is not installed");
}

}  // namespace

const void* load_module(const char* file, const char* symbol, std::uint32_t version) {
  void* library = ::dlopen(module_path(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw missing(file, ::dlerror());
  const auto* table = static_cast<const std::uint32_t*>(::dlsym(library, symbol));
  if (table == nullptr || *table != version) {
    throw Error(Status::unavailable, "module.version",
                "The module " + std::string(file) + " is of another version of fairlead.",
                "Install fairlead again.");
  }
  return table;
}

}  // namespace fairlead
