#pragma once

#include <fairlead/model/groups.hpp>
#include <fairlead/model/images.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the files of a group say. Not part of model.hpp: few need it.
namespace fairlead {

struct ResolveGroupRequest {
  Group group;
};

/// What a service that is started stands on.
struct GroupImage {
  std::string service;
  std::string image;     ///< empty: it is built
  std::string platform;  ///< "os/arch[/variant]"; empty: the engine's own
  std::string pull;      ///< "always", "missing" or "never"
  // Of one that is built:
  std::string dockerfile;  ///< its text, where that can be read
  std::string target;      ///< the stage; empty: the last one
  std::map<std::string, std::string> args;
};

struct ResolveGroupReply {
  std::string project;  ///< the group's name
  std::string image;    ///< of the primary service; of one that is built: what the image is called
  std::optional<BuildImageRequest> build;  ///< how that image is built, as far as we need to know
  bool builds = false;                     ///< a service that is started has to be built
  std::string user;                        ///< of the primary service; empty: the image's
  std::optional<std::vector<std::string>> entrypoint;  ///< absent: the image's
  std::optional<std::vector<std::string>> command;     ///< absent: the image's
  std::vector<std::string> services;                   ///< all of the group's
  std::vector<std::string> group_labels;  ///< "key=value", on every instance of the group
  std::vector<std::string> labels;        ///< the same, of the primary service
  std::vector<std::string> wishes;  ///< what reaches beyond the containers, a line for people each
  /// Of every service that is started; empty, from those who do not know: all is left to the
  /// group's own tool.
  std::vector<GroupImage> images;
};

}  // namespace fairlead
