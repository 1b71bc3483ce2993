#include <fairlead/engine/settings.hpp>
#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

namespace fairlead::engine {
namespace {

void take(const nlohmann::json& all, const std::string& plugin, const TextSetting& wanted) {
  const auto found = all.find(wanted.name);
  if (found == all.end() || found->is_null()) return;
  if (!found->is_string()) {
    throw Error(Status::invalid, "settings.invalid",
                "The setting plugins." + plugin + '.' + wanted.name + " must be text.");
  }
  if (const auto& text = found->get_ref<const std::string&>(); !text.empty()) *wanted.value = text;
}

}  // namespace

void read_settings(std::string_view json, const std::string& plugin,
                   std::initializer_list<TextSetting> wanted) {
  const auto all = nlohmann::json::parse(json, nullptr, false);
  if (!all.is_object()) {
    throw Error(Status::invalid, "settings.invalid",
                "The settings plugins." + plugin + " must be a table.");
  }
  for (const auto& one : wanted) take(all, plugin, one);
}

}  // namespace fairlead::engine
