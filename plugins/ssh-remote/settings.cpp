#include "ssh-remote/settings.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

namespace fairlead::ssh {
namespace {

constexpr int most = 7 * 24 * 3600;

[[noreturn]] void bad(const std::string& name, const std::string& what) {
  throw Error(Status::invalid, "settings.invalid",
              "The setting plugins.ssh." + name + " must be " + what + ".");
}

void take(const nlohmann::json& all, const char* name, int least, int& value) {
  const auto found = all.find(name);
  if (found == all.end() || found->is_null()) return;
  const auto range = "a number from " + std::to_string(least) + " to " + std::to_string(most);
  if (!found->is_number_integer()) bad(name, range);
  const auto number = found->get<std::int64_t>();
  if (number < least || number > most) bad(name, range);
  value = static_cast<int>(number);
}

}  // namespace

Settings settings_from(std::string_view json) {
  const auto all = nlohmann::json::parse(json, nullptr, false);
  Settings settings;
  if (!all.is_object()) {
    throw Error(Status::invalid, "settings.invalid", "The settings plugins.ssh must be a table.");
  }
  if (const auto path = all.find("ssh_path"); path != all.end() && !path->is_null()) {
    if (!path->is_string()) bad("ssh_path", "text");
    if (!path->get_ref<const std::string&>().empty()) settings.ssh_path = path->get<std::string>();
  }
  take(all, "connect_timeout", 1, settings.connect_timeout);
  take(all, "keep_alive", 0, settings.keep_alive);
  take(all, "keep_alive_count", 1, settings.keep_alive_count);
  take(all, "idle", 1, settings.idle);
  return settings;
}

}  // namespace fairlead::ssh
