#pragma once

#include "store.hpp"

#include <fairlead/model.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::testbed {

/// What runs in an instance: its image's configuration under the request's.
struct Effective {
  std::filesystem::path rootfs;
  std::vector<std::string> argv;
  std::vector<std::string> env;
  std::string user;
  std::string directory;
};

/// Throws not_found ("image.not_found") when `images` has no such image.
ImageInfo read_image(const std::filesystem::path& images, const std::string& image);

/// Throws invalid ("instance.no_command") when neither names a command.
Effective effective(const std::filesystem::path& images, const CreateRequest& request);

/// `base` with the variables of `more` set, in stable order.
std::vector<std::string> with_variables(std::vector<std::string> base, const Environment& more);

}  // namespace fairlead::testbed
