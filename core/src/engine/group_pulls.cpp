#include "engine/group_pulls.hpp"

#include "engine/call_log.hpp"
#include "engine/deadlines.hpp"
#include "engine/image_there.hpp"
#include "engine/registry_credentials.hpp"
#include "features/registry_credentials.hpp"

#include <set>

namespace fairlead {
namespace {

/// The services that the configuration wants; what those depend on is Compose's to know. Where it
/// names none, all.
std::set<std::string> wanted_services(const ServiceGroup& services) {
  const auto& named = services.group.run_services;
  const auto& wanted = named.empty() ? services.resolved.services : named;
  std::set<std::string> names(wanted.begin(), wanted.end());
  names.insert(services.group.service);
  return names;
}

/// Of services that are not built. Each is asked for as if it were the primary one.
std::set<std::string> images_of(const ServiceGroup& services, Backend& backend,
                                const std::stop_token& stop) {
  std::set<std::string> images;
  for (const auto& name : wanted_services(services)) {
    auto group = services.group;
    group.service = name;
    const auto said = name == services.group.service
                          ? services.resolved
                          : backend.resolve({.group = std::move(group)}, question(stop));
    if (!said.build && !said.image.empty()) images.insert(said.image);
  }
  return images;
}

void pull(Core& core, Backend& backend, const std::string& image, const std::stop_token& stop) {
  auto options = logged_call(core, stop);
  PullImageRequest request{.image = image};
  request.credentials = pass_registry_credentials(options, core.options().environment, image);
  if (!request.credentials || image_if_there(backend, image, stop)) return;
  const LogStep step(core.log(), "Pulling image " + image);
  backend.pull_image(request, std::move(options));
}

/// What fails fails for Compose as well, which says it better.
template <class Step>
void attempt(const Core& core, const Step& step) {
  try {
    step();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::info, error.message());
  }
}

}  // namespace

void pull_for_group(Core& core, const Workspace& workspace, const ServiceGroup& services,
                    Backend& backend, const std::stop_token& stop) {
  if (workspace.settings.text("host") == "local" && !workspace.remote) return;
  if (!has_docker_credentials(core.options().environment)) return;
  std::set<std::string> images;
  attempt(core, [&] { images = images_of(services, backend, stop); });
  for (const auto& image : images) attempt(core, [&] { pull(core, backend, image, stop); });
}

}  // namespace fairlead
