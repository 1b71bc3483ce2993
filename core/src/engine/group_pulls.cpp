#include "engine/group_pulls.hpp"

#include "base/text.hpp"
#include "engine/call_log.hpp"
#include "engine/image_there.hpp"
#include "engine/registry_credentials.hpp"
#include "features/registry_credentials.hpp"
#include "spec/dockerfile.hpp"

#include <algorithm>

namespace fairlead {
namespace {

struct WantedImage {
  std::string image;
  std::string platform;
  bool anew = false;  ///< though it is there
  bool operator==(const WantedImage&) const = default;
};

DockerfileInputs inputs_of(const GroupImage& built, const std::string& arch) {
  DockerfileInputs inputs{.build_args = built.args, .target = built.target};
  if (!arch.empty()) inputs.arch = arch;
  const auto parts = split(built.platform, '/');
  if (parts.size() > 1) inputs.arch = parts[1];
  if (parts.size() > 2) inputs.variant = parts[2];
  return inputs;
}

/// A stage's own platform wins; one that is a variable is the engine's.
std::string platform_of(const StageImage& stage, const GroupImage& built) {
  if (stage.platform.empty()) return built.platform;
  return stage.platform.find('$') == std::string::npos ? stage.platform : std::string();
}

std::vector<WantedImage> wanted_by(const GroupImage& service, const std::string& arch) {
  if (!service.image.empty()) {
    if (service.pull == "never") return {};
    return {
        {.image = service.image, .platform = service.platform, .anew = service.pull == "always"}};
  }
  std::vector<WantedImage> images;
  if (service.dockerfile.empty()) return images;
  for (const auto& stage :
       stage_images(read_dockerfile(service.dockerfile), inputs_of(service, arch))) {
    images.push_back({.image = stage.image, .platform = platform_of(stage, service)});
  }
  return images;
}

bool is_for(const ImageInfo& image, const std::string& platform) {
  const auto parts = split(platform, '/');
  return parts.size() < 2 || (image.os == parts[0] && image.arch == parts[1]);
}

/// Without credentials Compose can do it as well, unless `all` are to be pulled here. Whether it is
/// there now.
bool pull(Core& core, Backend& backend, const WantedImage& wanted, bool all,
          const std::stop_token& stop) {
  auto options = logged_call(core, stop);
  PullImageRequest request{.image = wanted.image, .platform = wanted.platform};
  request.credentials =
      pass_registry_credentials(options, core.options().environment, wanted.image);
  if (!request.credentials && !all) return false;
  if (!wanted.anew) {
    const auto known = image_if_there(backend, wanted.image, stop);
    if (known && is_for(*known, wanted.platform)) return true;
  }
  const LogStep step(core.log(), "Pulling image " + wanted.image);
  backend.pull_image(request, std::move(options));
  return true;
}

/// What fails fails for Compose as well, which says it better.
template <class Step>
bool attempt(const Core& core, const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::info, error.message());
    return false;
  }
}

/// What builds begin with, each once; false: of one of them that is not known.
bool bases_of(const ServiceGroup& services, const std::string& arch,
              std::vector<WantedImage>& bases) {
  for (const auto& service : services.resolved.images) {
    if (!service.image.empty()) continue;
    if (service.dockerfile.empty()) return false;
    for (auto& wanted : wanted_by(service, arch)) {
      wanted.anew = true;
      if (std::ranges::find(bases, wanted) == bases.end()) bases.push_back(std::move(wanted));
    }
  }
  return true;
}

bool wants_credentials(Core& core, const WantedImage& wanted) {
  CallOptions unused;
  return static_cast<bool>(
      pass_registry_credentials(unused, core.options().environment, wanted.image));
}

bool pull_all_bases(Core& core, const ServiceGroup& services, Backend& backend,
                    const std::string& arch, std::vector<WantedImage>& done,
                    const std::stop_token& stop) {
  return attempt(core, [&] {
    std::vector<WantedImage> bases;
    const bool known = bases_of(services, arch, bases);
    if (!std::ranges::any_of(bases,
                             [&](const auto& base) { return wants_credentials(core, base); }))
      return false;
    bool all = known;
    for (auto& base : bases) {
      all = attempt(core, [&] { return pull(core, backend, base, known, stop); }) && all;
      base.anew = false;
      done.push_back(base);
    }
    return all;
  });
}

}  // namespace

bool pull_for_group(Core& core, const Workspace& workspace, const ServiceGroup& services,
                    Backend& backend, const std::string& arch, bool anew,
                    const std::stop_token& stop) {
  if (workspace.settings.text("host") == "local" && !workspace.remote) return false;
  if (!has_docker_credentials(core.options().environment)) return false;
  std::vector<WantedImage> done;
  const bool fresh = anew && pull_all_bases(core, services, backend, arch, done, stop);
  for (const auto& service : services.resolved.images) {
    attempt(core, [&] {
      for (auto& wanted : wanted_by(service, arch)) {
        if (std::ranges::find(done, wanted) != done.end()) continue;
        done.push_back(wanted);
        attempt(core, [&] { return pull(core, backend, wanted, false, stop); });
      }
      return true;
    });
  }
  return fresh;
}

}  // namespace fairlead
