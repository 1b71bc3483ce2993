#pragma once

#include "engine/instance.hpp"

#include <functional>
#include <string>

namespace fairlead {

/// The arguments that the reference gives its client for a new container, in its order; pure.
std::string creation_words(const Workspace& workspace, const MergedConfig& merged,
                           const ImageResult& image, const UpRequest& request);

/// Does `make`. Fails it in drop-in mode, and the container is no service of a group, the failure
/// is a CreationError with the words above.
CreatedInstance with_creation_words(const Core& core, const Workspace& workspace,
                                    const MergedConfig& merged, const ImageResult& image,
                                    const UpRequest& request,
                                    const std::function<CreatedInstance()>& make);

}  // namespace fairlead
