#pragma once

#include <fairlead/model/common.hpp>
#include <fairlead/model/groups.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Images: looking at them, pulling, building.
namespace fairlead {

struct InspectImageRequest {
  std::string image;
  std::string platform;  ///< "os/arch[/variant]"; empty: the engine's own
};

struct ImageInfo {
  std::string id;
  std::vector<std::string> tags;
  std::string user;
  std::vector<std::string> env;  ///< "NAME=value", in the image's order
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::string working_directory;
  Labels labels;
  std::string os;
  std::string arch;
  std::string variant;
};

struct PullImageRequest {
  std::string image;
  std::string platform;
  FdRef credentials;  ///< a JSON document {"username","password","identitytoken"}; none: anonymous
};

/// The builder to use: BuildKit where the engine has it, or the classic one whatever it has.
enum class Builder { automatic, classic };

struct BuildImageRequest {
  std::string dockerfile;  ///< path on the user's machine
  std::string context;     ///< folder on the user's machine
  std::string target;
  std::map<std::string, std::string> args;
  std::vector<std::string> tags;
  Labels labels;
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::map<std::string, std::string> contexts;  ///< BuildKit's named contexts: name to folder
  std::vector<std::string> options;  ///< raw words of the docker build command line, last
  std::string platform;
  std::string output;
  bool push = false;
  bool no_cache = false;
  bool pull = false;
  Builder builder = Builder::automatic;
  FdRef credentials;  ///< as in PullImageRequest
  /// The images of the services that the workspace starts, as the group's files say; of the rest
  /// only no_cache, pull, cache_from and builder count. `tags` names the primary service's image.
  std::optional<Group> group = {};
};

struct BuildImageReply {
  std::string image_id;
  std::string builder;  ///< "buildx", "buildkit" or "classic"
};

}  // namespace fairlead
