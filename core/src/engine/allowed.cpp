#include "engine/allowed.hpp"

#include "engine/control.hpp"
#include "engine/deadlines.hpp"
#include "engine/features.hpp"

#include <utility>

namespace fairlead {
namespace {

bool stop_if_running(const Found& found, std::stop_token stop) {
  if (!found.instance || found.instance->state != InstanceState::running) return false;
  found.backend->stop({.id = found.instance->id, .timeout_seconds = 0}, change(std::move(stop)));
  return true;
}

}  // namespace

void require_allowed_features(Core& core, const UpRequest& request, const Workspace& workspace,
                              const Found& found, std::stop_token stop) {
  const auto ids = wanted_features(core, workspace, request.build.additional_features);
  if (ids.empty()) return;
  const auto manifest = control_manifest(core, workspace.settings, ids, stop);
  require_allowed(manifest, ids, [&] { return stop_if_running(found, stop); });
}

}  // namespace fairlead
