#pragma once

#include "engine/workspace.hpp"

namespace fairlead {

/// Whether `name` is a variable by which programs find a proxy. The client's own stand in
/// containers and must not get into images.
bool is_proxy_variable(std::string_view name);

/// Makes an image named `names` of what is in `instance`, as `options` say of builds: process, user
/// and labels are those of the image that the instance was made from, the metadata has no
/// onCreateCommand and no updateContentCommand any more, as what they made is there (LIFE-018).
/// What is mounted is not in it. Throws "image.snapshot" when the backend keeps no images of
/// instances.
void keep_as_image(Core& core, const Workspace& workspace, Backend& backend,
                   const InstanceInfo& instance, const std::vector<std::string>& names,
                   const BuildOptions& options, std::stop_token stop);

}  // namespace fairlead
