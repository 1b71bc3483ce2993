#include "engine/newer_base.hpp"

#include "base/atomic_file.hpp"
#include "engine/registry_credentials.hpp"
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

}  // namespace

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

}  // namespace fairlead
