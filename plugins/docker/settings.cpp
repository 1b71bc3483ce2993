#include "settings.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

namespace fairlead::docker {
namespace {

void take_text(const nlohmann::json& all, const char* name, std::string& value) {
  const auto found = all.find(name);
  if (found == all.end() || found->is_null()) return;
  if (!found->is_string()) {
    throw Error(Status::invalid, "settings.invalid",
                std::string("The setting plugins.docker.") + name + " must be text.");
  }
  if (const auto& text = found->get_ref<const std::string&>(); !text.empty()) value = text;
}

}  // namespace

engine::EngineSettings settings_from(std::string_view json) {
  const auto all = nlohmann::json::parse(json, nullptr, false);
  if (!all.is_object()) {
    throw Error(Status::invalid, "settings.invalid",
                "The settings plugins.docker must be a table.");
  }
  engine::EngineSettings settings;
  take_text(all, "host", settings.host);
  take_text(all, "docker_path", settings.docker_path);
  return settings;
}

}  // namespace fairlead::docker
