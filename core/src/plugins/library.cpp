#include "plugins/library.hpp"

#include "plugins/abi_check.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <boost/dll/shared_library.hpp>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

// The only file that includes Boost.DLL.

namespace fairlead {

namespace {

constexpr auto* entry_symbol = "fairlead_plugin_v1";

Error refused(std::string why) { return {Status::failed, "plugin.load", std::move(why)}; }

boost::dll::shared_library open(const std::string& path) {
  boost::dll::shared_library library;
  boost::dll::fs::error_code problem;
  ::dlerror();
  library.load(std::filesystem::path(path), problem,
               boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (!problem) return library;
  // Boost's code is always the same one; the loader itself knows what was missing.
  const char* said = ::dlerror();
  throw refused(said != nullptr ? said : problem.message());
}

}  // namespace

std::string file_problem(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return "cannot open " + path + ": " + std::strerror(errno);
  std::array<char, 64> head{};
  const auto got = ::read(file.get(), head.data(), head.size());
  if (got < 0) return "cannot read " + path + ": " + std::strerror(errno);
  return elf_problem({head.data(), static_cast<std::size_t>(got)});
}

const fairlead_plugin& load_library(const std::string& path) {
  static auto& mutex = *new std::mutex;
  static auto& loaded = *new std::map<std::string, boost::dll::shared_library>;
  const std::lock_guard lock(mutex);
  auto known = loaded.find(path);
  if (known == loaded.end()) {
    if (const auto problem = file_problem(path); !problem.empty()) throw refused(problem);
    known = loaded.emplace(path, open(path)).first;
  }
  if (!known->second.has(entry_symbol)) {
    throw refused(std::string("no symbol ") + entry_symbol + ": not a fairlead plugin");
  }
  const auto& entry = known->second.get<const fairlead_plugin>(entry_symbol);
  if (const auto problem = abi_problem(entry); !problem.empty()) throw refused(problem);
  return entry;
}

}  // namespace fairlead
