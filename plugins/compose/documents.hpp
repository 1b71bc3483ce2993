#pragma once

#include <fairlead/model/images.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Compose's documents as plain structs. Pure functions; the only user of yaml-cpp.
namespace fairlead::compose {

struct Service {
  std::string image;
  std::optional<BuildImageRequest> build;
  std::string user;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> command;
  std::vector<std::string> depends_on;
  std::map<std::string, std::string> conditions;  ///< of depends_on: "service_healthy"
  std::vector<std::string> profiles;
  std::vector<std::string> wishes;  ///< what reaches beyond the container, without its name
  bool says_a_label = false;        ///< of SELinux
  std::string platform;
  std::string pull_policy;        ///< as written
  std::string dockerfile_inline;  ///< of `build`
};

struct Project {
  std::string name;  ///< empty: Compose said none
  std::map<std::string, Service> services;
};

/// What `config` printed: v1 and v2 differ in nearly every property. Its `$$` are `$` again.
/// `folder`: mounts of what is not below it are wishes.
/// Throws Error(failed, "group.output").
Project project_from_config(std::string_view yaml, const std::string& folder);

/// When a service's image is pulled, in GroupImage's words: newer periods such as "daily" count as
/// "missing", and what is built is not pulled at all.
std::string pull_of(const Service& service);

/// What a file says by itself, before anything is replaced or merged.
struct FileFacts {
  std::string version;             ///< of the format; empty: none
  bool has_name = false;           ///< it names the project
  std::vector<std::string> files;  ///< further files that it draws in, as written
  std::vector<std::string> environment_files;
  std::vector<std::string> profiles;   ///< of all services
  std::vector<std::string> variables;  ///< whose values go in; sorted
};

/// Throws Error(invalid, "group.files") with the place in `path` when it is no YAML mapping.
FileFacts facts_of(std::string_view yaml, const std::string& path);

/// "FILE:LINE:COLUMN: " of what Compose complains of, by the "services.NAME.KEY" and the words in
/// its message; empty: that is not to be found.
std::string place_of_complaint(const std::string& complaint, const std::vector<std::string>& files);

}  // namespace fairlead::compose
