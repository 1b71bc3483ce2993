#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "json_text.hpp"
#include "table.hpp"

namespace fairlead::cli {
namespace {

std::string shown_value(const Setting& setting) {
  return setting.value ? to_toml(*setting.value) : "unset";
}

std::string settings_json(const Settings& settings) {
  std::string list;
  for (const auto& setting : settings.effective()) {
    list += (list.empty() ? "" : ",") + std::string(R"({"key":)") + json_string(setting.spec.key) +
            R"(,"value":)" + (setting.value ? json_string(to_toml(*setting.value)) : "null") +
            R"(,"origin":)" + json_string(setting.origin.text()) + '}';
  }
  return '[' + list + "]\n";
}

std::string settings_text(const Settings& settings, bool origin, bool bold) {
  Table table(origin ? std::vector<std::string>{"SETTING", "VALUE", "ORIGIN"}
                     : std::vector<std::string>{"SETTING", "VALUE"});
  for (const auto& setting : settings.effective()) {
    table.add({setting.spec.key, shown_value(setting),
               setting.value ? setting.origin.text() : std::string{}});
  }
  return table.text(bold);
}

}  // namespace

int run_config_show(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto settings = workspace_settings(core, selection_of(arguments));
  session.write_out(wants_json(arguments, session)
                        ? settings_json(settings)
                        : settings_text(settings, arguments.flag("origin"), session.out.colour));
  return 0;
}

}  // namespace fairlead::cli
