#include "engine/project_settings.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

struct Found {
  std::vector<ProjectSetting> settings;
  std::vector<std::string> pointers;  ///< parallel to `settings`
};

void flatten(const Json& value, const std::string& prefix, const std::string& pointer, Found& out) {
  for (const auto& [key, member] : value.items()) {
    const auto path = prefix.empty() ? key : prefix + '.' + key;
    const auto below = pointer + pointer_token(key);
    if (member.is_object()) {
      flatten(member, path, below, out);
    } else {
      out.settings.push_back({.key = path, .value = member.dump(), .where = {}});
      out.pointers.push_back(below);
    }
  }
}

}  // namespace

std::vector<ProjectSetting> project_settings(const Json& configuration, const SourceMap& source) {
  Found found;
  const auto all = configuration.find("customizations");
  if (all == configuration.end() || !all->is_object()) return {};
  const auto ours = all->find("fairlead");
  if (ours == all->end() || !ours->is_object()) return {};
  flatten(*ours, {}, "/customizations/fairlead", found);
  if (found.settings.empty()) return {};
  const auto places = source.locate(found.pointers, true);
  for (std::size_t i = 0; i < places.size(); ++i) found.settings[i].where = places[i];
  return found.settings;
}

}  // namespace fairlead
