#include "options.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <map>

namespace fairlead::testbed {
namespace {

using Switch = bool Capabilities::*;

const std::map<std::string, Switch>& switches() {
  static const std::map<std::string, Switch> table = {
      {"named_volumes", &Capabilities::named_volumes},
      {"exec_user", &Capabilities::exec_user},
      {"exec_env", &Capabilities::exec_env},
      {"exec_cwd", &Capabilities::exec_cwd},
      {"exec_tty", &Capabilities::exec_tty},
      {"exec_half_close", &Capabilities::exec_half_close},
      {"exec_signal", &Capabilities::exec_signal},
      {"dial", &Capabilities::dial},
      {"logs", &Capabilities::logs},
  };
  return table;
}

Options from_json(const nlohmann::json& json) {
  Options options;
  options.images = json.value("images", "");
  options.state = json.value("state", "");
  options.fail_at = json.value("fail_at", "");
  options.delay_at = json.value("delay_at", "");
  options.delay_ms = json.value("delay_ms", 0);
  options.refuse = json.value("refuse", std::set<std::string>{});
  return options;
}

}  // namespace

Options read_options(const std::string& settings) {
  try {
    Options options = from_json(nlohmann::json::parse(settings));
    for (const std::string& name : options.refuse) {
      if (switches().count(name) == 0 && name != copies) {
        throw Error(Status::invalid, "testbed.settings", "cannot refuse \"" + name + "\"");
      }
    }
    return options;
  } catch (const nlohmann::json::exception& error) {
    throw Error(Status::invalid, "testbed.settings",
                std::string("the test backend's settings are wrong: ") + error.what());
  }
}

Capabilities capabilities_without(const std::set<std::string>& refuse) {
  Capabilities capabilities;
  for (const auto& [name, member] : switches()) capabilities.*member = refuse.count(name) == 0;
  return capabilities;
}

}  // namespace fairlead::testbed
