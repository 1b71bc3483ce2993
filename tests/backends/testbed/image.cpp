#include "image.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> command_line(const ImageInfo& image, const CreateRequest& request) {
  std::vector<std::string> argv = request.entrypoint.value_or(image.entrypoint);
  // As everywhere in the container world, a replaced entrypoint takes the image's command along.
  const auto fallback = request.entrypoint ? std::vector<std::string>{} : image.command;
  const std::vector<std::string> command = request.command.value_or(fallback);
  argv.insert(argv.end(), command.begin(), command.end());
  if (argv.empty()) {
    throw Error(Status::invalid, "instance.no_command", "there is no command to run");
  }
  return argv;
}

}  // namespace

ImageInfo read_image(const fs::path& images, const std::string& image) {
  const bool outside = image.empty() || image.find("..") != std::string::npos;
  std::ifstream file(images / image / "image.json");
  if (outside || !file) {
    throw Error(Status::not_found, "image.not_found", "there is no image " + image);
  }
  std::ostringstream text;
  text << file.rdbuf();
  return decode<ImageInfo>(text.str());
}

Effective effective(const fs::path& images, const CreateRequest& request) {
  const ImageInfo image = read_image(images, request.image);
  Effective result;
  result.rootfs = images / request.image / "rootfs";
  result.argv = command_line(image, request);
  result.env = with_variables(image.env, request.env);
  result.user = request.user.empty() ? image.user : request.user;
  result.directory =
      request.working_directory.empty() ? image.working_directory : request.working_directory;
  if (result.directory.empty()) result.directory = "/";
  return result;
}

std::vector<std::string> with_variables(std::vector<std::string> base, const Environment& more) {
  for (const auto& [name, value] : more) {
    const std::string prefix = name + "=";
    const auto found = std::find_if(base.begin(), base.end(), [&](const std::string& entry) {
      return entry.starts_with(prefix);
    });
    if (found != base.end()) {
      *found = prefix + value;
    } else {
      base.push_back(prefix + value);
    }
  }
  return base;
}

}  // namespace fairlead::testbed
