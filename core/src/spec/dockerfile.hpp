#pragma once

#include <fairlead/model.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// As much of a Dockerfile as is needed to find the base image and the user of a stage, and to
/// build on top of it. Pure: the caller reads the file. IMG-028, IMG-029.
namespace fairlead {

struct DockerfileInstruction {
  std::string name;  ///< upper case: FROM, ARG, ENV, USER; others are not kept
  std::string arguments;
};

struct DockerfileStage {
  std::string image;  ///< as written, unquoted, variables and all
  std::string name;   ///< after AS; empty: unnamed
  std::string platform;
  std::vector<DockerfileInstruction> instructions;
};

struct Dockerfile {
  std::string syntax;                           ///< of the `# syntax=` directive
  std::vector<DockerfileInstruction> preamble;  ///< ARGs before the first FROM
  std::vector<DockerfileStage> stages;
  char escape = '\\';             ///< of the `# escape=` directive
  std::size_t last_from_end = 0;  ///< offset just behind the last FROM's text
  std::string text;
};

/// Values from outside: build arguments, and the base image's environment for USER look-ups.
struct DockerfileInputs {
  std::map<std::string, std::string> build_args;
  std::string target;  ///< empty: the last stage
  std::string os = "linux";
  std::string arch = "amd64";
  std::string variant;
  Environment image_environment;
};

/// Throws Error "dockerfile.no_from" in the reference's words when there is no FROM.
Dockerfile read_dockerfile(std::string_view text);

/// The image that the target stage stands on in the end; nullopt when it is "scratch"-less
/// nonsense, that is an empty reference. Throws Error "dockerfile.target" when the target does not
/// exist.
std::optional<std::string> base_image(const Dockerfile& file, const DockerfileInputs& inputs);

/// An image that a stage begins with.
struct StageImage {
  std::string image;
  std::string platform;  ///< as written; empty: none
  bool operator==(const StageImage&) const = default;
};

/// The images that the stages up to the target one begin with, variables replaced, each once.
/// Throws as `base_image`.
std::vector<StageImage> stage_images(const Dockerfile& file, const DockerfileInputs& inputs);

/// The last USER of the target stage or its ancestors, variables replaced; nullopt: the base
/// image's.
std::optional<std::string> stage_user(const Dockerfile& file, const DockerfileInputs& inputs);

struct NamedStage {
  std::string text;  ///< the Dockerfile, changed when the last stage had no name
  std::string name;
};

/// Makes sure that the last stage has a name to build on.
NamedStage name_last_stage(const Dockerfile& file);

}  // namespace fairlead
