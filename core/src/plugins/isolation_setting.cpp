#include "plugins/isolated.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

namespace fairlead {

bool wants_isolation(const std::string& settings) {
  constexpr auto* key = "isolation";
  if (settings.find(key) == std::string::npos) return false;  // the usual case needs no parser
  const auto parsed = nlohmann::json::parse(settings, nullptr, false);
  if (!parsed.is_object() || !parsed.contains(key)) return false;
  const auto& value = parsed.at(key);
  if (value == "process") return true;
  if (value == "none") return false;
  throw Error(Status::invalid, "plugin.isolation",
              "The setting 'isolation' of a plugin is neither \"process\" nor \"none\".");
}

}  // namespace fairlead
