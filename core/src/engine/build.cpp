#include "engine/capabilities.hpp"
#include "engine/deadlines.hpp"
#include "engine/description.hpp"
#include "engine/find.hpp"
#include "engine/group_files.hpp"
#include "engine/image.hpp"
#include "engine/trust.hpp"
#include "engine/workspace_lock.hpp"

namespace fairlead {
namespace {

constexpr const char* default_description = "An error occurred building the container.";

void check_options(const BuildOptions& options) {
  if (options.push && !options.output.empty()) {
    throw Error(Status::invalid, "build.options", "--push true cannot be used with --output.");
  }
}

/// Services are built by what their files say. The reference's words.
void check_group_options(const BuildOptions& options) {
  const char* option = !options.platform.empty() || options.push ? "--platform or --push"
                       : !options.output.empty()                 ? "--output"
                       : !options.cache_to.empty()               ? "--cache-to"
                                                                 : nullptr;
  if (option == nullptr) return;
  throw Error(Status::unsupported, "build.options", std::string(option) + " not supported.",
              "Say it in the Compose file's build section.");
}

/// Only the service itself: the others are `up`'s.
std::optional<ServiceGroup> group_to_build(Core& core, const Workspace& workspace, Backend& backend,
                                           const std::stop_token& stop) {
  if (!group_of(core, workspace)) return {};
  bring_group_files(core, workspace, stop);
  auto services = resolve_group(core, workspace, backend, stop);
  services.group.run_services = {services.group.service};
  services.resolved.builds = services.resolved.build.has_value();
  std::erase_if(services.resolved.images,
                [&](const auto& image) { return image.service != services.group.service; });
  return services;
}

BuildResult build_image(Core& core, const BuildRequest& asked, const std::stop_token& stop) {
  check_options(asked.build);
  auto request = asked;
  request.selection = fetch_workspace(core, asked.selection, stop);
  const auto workspace =
      on_allowed_host(core, open_workspace(core, request.selection, stop), request.selection, stop);
  if (!workspace.document || workspace.config.scenario == Scenario::none) {
    throw Error(Status::invalid, "config.no_source",
                "No image information specified in devcontainer.json.");
  }
  if (workspace.config.scenario == Scenario::compose) check_group_options(request.build);
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
  const auto group = group_to_build(core, workspace, *found.backend, stop);
  return {.images = build_named_image(core, workspace, request.build, found.backend, probe, stop,
                                      group ? &*group : nullptr),
          .group = group.has_value()};
}

}  // namespace

BuildResult build(Core& core, const BuildRequest& request, std::stop_token stop) {
  try {
    return build_image(core, request, stop);
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, description_of(error, default_description));
  }
}

}  // namespace fairlead
