#include "engine/in_place_update.hpp"

#include "engine/deadlines.hpp"
#include "engine/in_place.hpp"
#include "engine/session.hpp"

#include <utility>

namespace fairlead {

void update_in_place(Core& core, const UpRequest& request, const Workspace& workspace,
                     const Found& found, CreatedInstance& made, const std::stop_token& stop) {
  if (!made.in_place && !has_features_inside(made.instance)) return;
  const auto& additional = request.build.additional_features;
  if (!made.in_place) {
    const auto wanted = wanted_in_place(workspace, additional);
    if (installed_in_place(*found.backend, made.instance, wanted, stop)) return;
    const auto abilities = found.backend->probe({}, question(stop));
    made.in_place = plan_in_place(core, workspace, request.build, found.backend, abilities, stop);
  }
  const auto merged = merged_for_instance(core, workspace, made.instance);
  made.in_place->container_user = merged.container_user;
  made.in_place->remote_user = merged.remote_user;
  // Planning may have written the lockfile, which is part of what is wanted.
  install_in_place(core, workspace, *found.backend, made.instance, *made.in_place,
                   wanted_in_place(workspace, additional), stop);
}

}  // namespace fairlead
