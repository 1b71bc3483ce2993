#include "plugins/disabled.hpp"

#include "base/atomic_file.hpp"
#include "plugins/search.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

namespace fairlead {

std::vector<std::string> disabled_in(const std::string& folder) {
  std::vector<std::string> ids;
  const auto text = read_file_if_there(std::filesystem::path(folder) / disabled_list);
  if (!text || !writable_by_others(folder).empty()) return ids;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) ids.push_back(std::move(line));
  }
  return ids;
}

std::vector<PluginEntry> without_disabled(std::vector<PluginEntry> entries,
                                          const std::vector<std::string>& folders) {
  std::vector<std::string> disabled;
  for (const auto& folder : folders) {
    const auto some = disabled_in(folder);
    disabled.insert(disabled.end(), some.begin(), some.end());
  }
  for (auto& entry : entries) {
    const auto& id = entry.manifest.id;
    if (!entry.refusal.empty() || std::ranges::find(disabled, id) == disabled.end()) continue;
    entry.refusal = "it is disabled; `fairlead plugin enable " + id + "` allows it again";
  }
  return entries;
}

}  // namespace fairlead
