#pragma once

#include <fairlead/backend.hpp>

#include <optional>
#include <stop_token>
#include <string>

namespace fairlead {

/// What the backend says of an image that it has. Absent: it is not there, its name is none
/// (pulling it says why), or the backend keeps no images.
std::optional<ImageInfo> image_if_there(Backend& backend, const std::string& image,
                                        const std::stop_token& stop);

}  // namespace fairlead
