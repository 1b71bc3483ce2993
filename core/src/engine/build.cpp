#include "engine/capabilities.hpp"
#include "engine/deadlines.hpp"
#include "engine/description.hpp"
#include "engine/find.hpp"
#include "engine/image.hpp"
#include "engine/workspace_lock.hpp"

namespace fairlead {
namespace {

constexpr const char* default_description = "An error occurred building the container.";

void check_options(const BuildOptions& options) {
  if (options.push && !options.output.empty()) {
    throw Error(Status::invalid, "build.options", "--push true cannot be used with --output.");
  }
}

std::vector<std::string> build_image(Core& core, const BuildRequest& request,
                                     const std::stop_token& stop) {
  check_options(request.build);
  const auto workspace = open_workspace(core, request.selection);
  if (!workspace.document || workspace.config.scenario == Scenario::none) {
    throw Error(Status::invalid, "config.no_source",
                "No image information specified in devcontainer.json.");
  }
  const auto lock = lock_workspace(core, workspace.identity, "build", stop);
  const auto found = find_environment(core, workspace, request.selection, stop);
  const auto probe = found.backend->probe({.builder = true}, question(stop));
  const bool builds = !probe.capabilities.build.empty();
  require_capabilities({{"build", "build", builds}}, found.backend->name(),
                       workspace.document->config_file);
  const bool needs_buildkit = !request.build.platform.empty() || request.build.push;
  if (needs_buildkit && (!probe.buildkit || request.build.builder == Builder::classic)) {
    throw Error(Status::unsupported, "build.buildkit",
                "--platform or --push require BuildKit enabled.",
                "Install buildx, or leave out --buildkit never.");
  }
  return build_named_image(core, workspace, request.build, found.backend, probe, stop);
}

}  // namespace

std::vector<std::string> build(Core& core, const BuildRequest& request, std::stop_token stop) {
  try {
    return build_image(core, request, stop);
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, description_of(error, default_description));
  }
}

}  // namespace fairlead
