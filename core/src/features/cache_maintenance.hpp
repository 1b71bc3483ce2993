#pragma once

#include "base/lock.hpp"

#include <fairlead/cache.hpp>

#include <filesystem>

/// What `fairlead cache` does with the folder of a ContentCache; see there for its layout and
/// fairlead/cache.hpp for results and errors.
namespace fairlead {

CacheReport report_cache(const std::filesystem::path& folder);

std::uint64_t prune_cache(const std::filesystem::path& folder, int days, const LockWait& wait);

std::vector<std::string> export_cache(const std::filesystem::path& folder,
                                      const std::filesystem::path& file,
                                      const std::vector<std::string>& names, std::stop_token stop);

std::vector<std::string> import_cache(const std::filesystem::path& folder,
                                      const std::filesystem::path& file, std::stop_token stop);

}  // namespace fairlead
