#include "engine/image_there.hpp"

#include "engine/deadlines.hpp"

#include <fairlead/error.hpp>

namespace fairlead {

std::optional<ImageInfo> image_if_there(Backend& backend, const std::string& image,
                                        const std::stop_token& stop) {
  try {
    return backend.inspect_image({.image = image}, question(stop));
  } catch (const Error& error) {
    const auto status = error.status();
    if (status == Status::not_found || status == Status::invalid || status == Status::unsupported)
      return {};
    throw;
  }
}

}  // namespace fairlead
