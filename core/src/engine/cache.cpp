#include "engine/registry_access.hpp"
#include "features/cache_maintenance.hpp"

#include <fairlead/cache.hpp>

namespace fairlead {
namespace {

/// Files are named relative to the caller's folder.
std::filesystem::path file_of(const Core& core, const std::string& file) {
  return std::filesystem::path(core.options().working_directory) / file;
}

}  // namespace

CacheReport show_cache(const Core& core) { return report_cache(content_cache_folder(core)); }

std::uint64_t prune_cache(const Core& core, int days, std::stop_token stop) {
  return prune_cache(content_cache_folder(core), days, {.stop = std::move(stop)});
}

std::vector<std::string> export_cache(const Core& core, const std::string& file,
                                      const std::vector<std::string>& names, std::stop_token stop) {
  return export_cache(content_cache_folder(core), file_of(core, file), names, std::move(stop));
}

std::vector<std::string> import_cache(const Core& core, const std::string& file,
                                      std::stop_token stop) {
  return import_cache(content_cache_folder(core), file_of(core, file), std::move(stop));
}

}  // namespace fairlead
