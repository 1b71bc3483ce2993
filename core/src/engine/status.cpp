#include "base/atomic_file.hpp"
#include "engine/change.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/registry_credentials.hpp"
#include "engine/remote_folder.hpp"
#include "spec/dockerfile.hpp"

#include <algorithm>
#include <chrono>

namespace fairlead {
namespace {

/// A registry is asked in passing: nobody waits long for it.
constexpr std::chrono::seconds registry_limit{2};

/// What the environment is made from and could be newer; empty: nothing, or pinned by a digest.
std::string base_of(const Workspace& workspace) {
  std::string image;
  if (workspace.config.scenario == Scenario::image) {
    image = workspace.config.image;
  } else if (workspace.config.scenario == Scenario::dockerfile) {
    const auto& build = workspace.config.build;
    const auto text = read_file_if_there(build.dockerfile);
    if (!text) return {};
    const DockerfileInputs inputs{.build_args = {build.args.begin(), build.args.end()},
                                  .target = build.target};
    image = base_image(read_dockerfile(*text), inputs).value_or(std::string{});
  }
  return image.find('@') == std::string::npos && image != "scratch" ? image : std::string{};
}

bool has_digest(const std::vector<std::string>& names, const std::string& digest) {
  return std::ranges::any_of(names, [&](const auto& name) { return name.ends_with(digest); });
}

bool registry_has_newer(const Core& core, Backend& backend, const std::string& image,
                        const std::stop_token& stop) {
  CallOptions options{.stop = stop, .timeout = registry_limit};
  RegistryDigestRequest request{.image = image, .credentials = {}};
  request.credentials = pass_registry_credentials(options, core.options().environment, image);
  const auto answer = backend.registry_digest(request, std::move(options));
  return !answer.digest.empty() && !has_digest(answer.stored, answer.digest);
}

std::string newer_base(const Core& core, Backend& backend, const Workspace& workspace,
                       const std::stop_token& stop) {
  const auto image = base_of(workspace);
  if (image.empty() || workspace.settings.flag("offline")) return {};
  try {
    return registry_has_newer(core, backend, image, stop) ? image : std::string{};
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::debug,
                    "Nothing is known of a newer " + image + ": " + error.message());
    return {};
  }
}

/// The workspace, and in `result` what is to be said of its configuration.
Workspace open(Core& core, const Selection& selection, StatusResult& result) {
  try {
    auto workspace = open_workspace_if_any(core, selection);
    if (workspace.document) result.config_file = workspace.document->config_file;
    if (const auto* remote = workspace.remote.get())
      result.config_file = remote->place().host + remote->there(result.config_file);
    return workspace;
  } catch (const Error& error) {
    if (!error.code().starts_with("config.")) throw;
    result.config_fault = error.message();
    result.config_file = error.where().file;
  }
  return open_workspace_if_readable(core, selection);
}

}  // namespace

StatusResult status(Core& core, const Selection& selection, std::stop_token stop) {
  StatusResult result;
  const auto workspace = open(core, selection, result);
  const auto found = find_environment(core, workspace, selection, stop);
  result.backend = found.backend->name();
  if (!found.instance) return result;
  result.environment = environment_info(*found.backend, *found.instance);
  auto difference = configuration_change(workspace, *found.instance);
  result.newer_configuration = difference.any();
  result.changed = std::move(difference.properties);
  result.newer_base = newer_base(core, *found.backend, workspace, stop);
  return result;
}

}  // namespace fairlead
