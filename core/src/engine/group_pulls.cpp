#include "engine/group_pulls.hpp"

#include "base/atomic_file.hpp"
#include "base/memory_file.hpp"
#include "base/text.hpp"
#include "engine/call_log.hpp"
#include "engine/image_there.hpp"
#include "engine/registry_credentials.hpp"
#include "features/registry_credentials.hpp"
#include "spec/dockerfile.hpp"

#include <algorithm>
#include <map>

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

/// This machine's for registries. Each is asked for once: a helper may ask the user.
class Credentials {
 public:
  Credentials(const Environment& environment, std::stop_token stop)
      : environment_(environment), stop_(std::move(stop)) {}

  bool are_known(const std::string& image) { return static_cast<bool>(of(image)); }
  FdRef pass(CallOptions& options, const std::string& image) {
    const auto& known = of(image);
    return known ? options.pass(copy_of(known)) : FdRef();
  }

 private:
  /// A file in memory; empty: there are none.
  const UniqueFd& of(const std::string& image) {
    const auto [entry, is_new] = known_.try_emplace(registry_of(image));
    if (is_new) {
      CallOptions asked{.stop = stop_};
      if (pass_registry_credentials(asked, environment_, image))
        entry->second = std::move(asked.fds.front());
    }
    return entry->second;
  }
  /// Each reader reads from the beginning.
  static UniqueFd copy_of(const UniqueFd& file) {
    return memory_file(read_file("/proc/self/fd/" + std::to_string(file.get())));
  }

  const Environment& environment_;
  std::stop_token stop_;
  std::map<std::string, UniqueFd> known_;
};

/// What all the pulls of one group need.
struct Pulls {
  Core& core;
  Backend& backend;
  std::stop_token stop;
  Credentials credentials{core.options().environment, stop};
};

/// Without credentials Compose can do it as well, unless `all` are to be pulled here. Whether it is
/// there now.
bool pull(Pulls& pulls, const WantedImage& wanted, bool all) {
  auto options = logged_call(pulls.core, pulls.stop);
  PullImageRequest request{.image = wanted.image, .platform = wanted.platform};
  request.credentials = pulls.credentials.pass(options, wanted.image);
  if (!request.credentials && !all) return false;
  if (!wanted.anew) {
    const auto known = image_if_there(pulls.backend, wanted.image, pulls.stop);
    if (known && is_for(*known, wanted.platform)) return true;
  }
  const LogStep step(pulls.core.log(), "Pulling image " + wanted.image);
  pulls.backend.pull_image(request, std::move(options));
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

bool pull_all_bases(Pulls& pulls, const ServiceGroup& services, const std::string& arch,
                    std::vector<WantedImage>& done) {
  return attempt(pulls.core, [&] {
    std::vector<WantedImage> bases;
    const bool known = bases_of(services, arch, bases);
    const auto wants_credentials = [&](const auto& base) {
      return pulls.credentials.are_known(base.image);
    };
    if (!std::ranges::any_of(bases, wants_credentials)) return false;
    bool all = known;
    for (auto& base : bases) {
      all = attempt(pulls.core, [&] { return pull(pulls, base, known); }) && all;
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
  Pulls pulls{.core = core, .backend = backend, .stop = stop};
  std::vector<WantedImage> done;
  const bool fresh = anew && pull_all_bases(pulls, services, arch, done);
  for (const auto& service : services.resolved.images) {
    attempt(core, [&] {
      for (auto& wanted : wanted_by(service, arch)) {
        if (std::ranges::find(done, wanted) != done.end()) continue;
        done.push_back(wanted);
        attempt(core, [&] { return pull(pulls, wanted, false); });
      }
      return true;
    });
  }
  return fresh;
}

}  // namespace fairlead
