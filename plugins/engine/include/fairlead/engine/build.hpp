#pragma once

#include <fairlead/engine/create.hpp>
#include <fairlead/engine/http.hpp>
#include <fairlead/model.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::engine {

/// The command line that builds with buildx, in the reference CLI's order:
/// `DOCKER buildx build --progress=plain … CONTEXT`.
std::vector<std::string> buildx_command(const std::string& docker,
                                        const BuildImageRequest& request);

/// The command line of the docker client's own BuildKit (before 23, with DOCKER_BUILDKIT=1 in its
/// environment). Throws Error(unsupported, "image.build_option") for what only buildx can: push and
/// named contexts.
std::vector<std::string> docker_build_command(const std::string& docker,
                                              const BuildImageRequest& request);

/// A build by the classic builder over the Engine API.
struct ClassicBuild {
  std::string target;  ///< path and query of the request
  BodySource context;  ///< the build context, a tar stream made while it is read
};

/// Reads the context's .dockerignore; a Dockerfile outside the context travels under a name of its
/// own. What `client` says about proxies becomes build arguments, which no layer keeps, and
/// `--build-arg NAME` takes its variable. `build.options` are understood as far as the classic
/// builder has them. Throws Error(unsupported, "image.build_contexts" or "image.build_option") and
/// Error(not_found, "image.build_file") when context or Dockerfile is not there.
ClassicBuild classic_build(const BuildImageRequest& request, const ClientSide& client = {});

/// 20 of "20.10.24+dfsg1", also inside "Docker version 20.10.24, build …"; 0: none.
int major_of(std::string_view version);

/// An NVIDIA runtime in the answer to GET /info.
bool has_gpu_runtime(std::string_view json);

}  // namespace fairlead::engine
