#pragma once

#include "plugins/code.hpp"
#include "plugins/workers.hpp"

#include <fairlead/plugins.hpp>

#include <functional>
#include <memory>
#include <string>

namespace fairlead {

/// How to run one plugin in a process of its own.
struct Isolation {
  PluginManifest plugin;
  std::string program;  ///< libexec/fairlead/fairlead-plugin-host
  std::shared_ptr<Workers> workers;
  std::function<void(const std::string&)> fault;  ///< what it does against the contract
};

/// The code of a plugin that runs in a process of its own, one per instance. When that ends by
/// itself, the calls that run in it fail with "plugin.crashed", and the next call starts another
/// one, configured as the first was. Throws Error(failed, "plugin.load") from `create`.
std::unique_ptr<PluginCode> isolated_code(Isolation isolation);

/// Whether a plugin's settings (JSON) say isolation = "process". Throws Error(invalid,
/// "plugin.isolation") for anything but that and "none".
bool wants_isolation(const std::string& settings);

}  // namespace fairlead
