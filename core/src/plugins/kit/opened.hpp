#pragma once

#include "plugins/kit/subject.hpp"

namespace fairlead::kit {

/// The plugin as the core itself loads and calls it.
class Opened {
 public:
  explicit Opened(const Setup& setup);

  const PluginManifest& manifest() const { return manifest_; }
  ConfigureRequest settings() const { return settings_of(setup_); }
  PluginRegistry& registry() { return registry_; }
  /// Throws Skipped when the manifest does not name `interface`.
  void need(const char* interface) const;

 private:
  Setup setup_;
  PluginManifest manifest_;
  PluginRegistry registry_;
};

}  // namespace fairlead::kit
