#include "plugins/kit/opened.hpp"

#include <algorithm>
#include <filesystem>

namespace fairlead::kit {

namespace {

Log no_log() {
  class Silent final : public EventSink {
    void on_event(const LogEvent& /*event*/) override {}
  };
  static Silent silent;
  return Log(silent);
}

}  // namespace

Opened::Opened(const Setup& setup)
    : setup_(setup),
      manifest_(manifest_of(setup)),
      registry_({.folders = {std::filesystem::path(setup.library).parent_path().string()},
                 .state_folder = {}},
                no_log()) {}

void Opened::need(const char* interface) const {
  const auto& offered = manifest_.interfaces;
  if (std::ranges::find(offered, interface) == offered.end()) {
    throw Skipped(std::string("it does not offer ") + interface);
  }
}

}  // namespace fairlead::kit
