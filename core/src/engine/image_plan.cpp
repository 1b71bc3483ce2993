#include "engine/image_plan.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "engine/call_log.hpp"
#include "engine/control.hpp"
#include "engine/deadlines.hpp"
#include "engine/features.hpp"
#include "engine/group_pulls.hpp"
#include "engine/image_there.hpp"
#include "engine/lockfile.hpp"
#include "engine/registry_access.hpp"
#include "engine/registry_credentials.hpp"
#include "engine/remote_folder.hpp"
#include "features/layered_installer.hpp"
#include "features/plan.hpp"
#include "features/registry_image.hpp"
#include "spec/dockerfile.hpp"

#include <fairlead/overlay.hpp>

namespace fairlead {
namespace {

std::vector<std::string> wanted_ids(const ImageContext& c) {
  return wanted_features(c.core, c.workspace, c.options.additional_features);
}

/// What the reference makes of odd values may be features, and what is given may be none.
bool wants_features(const ImageContext& c) {
  if (c.core.mode() == Mode::drop_in) return !wanted_ids(c).empty();
  return !c.workspace.config.features.empty() || !c.options.additional_features.empty();
}

void pull(const ImageContext& c, const std::string& image) {
  const LogStep step(c.core.log(), "Pulling image " + image);
  auto options = logged_call(c.core, c.stop);
  PullImageRequest request{.image = image};
  request.credentials = pass_registry_credentials(options, c.core.options().environment, image);
  try {
    c.backend.pull_image(request, std::move(options));
  } catch (Error& error) {
    error.note("pulling " + image);
    throw;
  }
}

std::optional<ImageInfo> image_info(const ImageContext& c, const std::string& image) {
  if (!c.probe.capabilities.image_inspection || image == "scratch") return {};
  const bool refresh = c.options.pull && c.probe.capabilities.pull;
  if (!refresh) {
    if (auto info = image_if_there(c.backend, image, c.stop)) return info;
  }
  if (c.metadata_only) {
    if (auto info = published_image(c, image)) return info;
  }
  if (!c.probe.capabilities.pull) {
    throw Error(Status::not_found, "image.not_found",
                "The image '" + image + "' is not there and the backend cannot pull it.");
  }
  pull(c, image);
  return image_if_there(c.backend, image, c.stop);
}

std::vector<std::string> names_of(const ImageContext& c, const std::string& usual) {
  return c.options.image_names.empty() ? std::vector{usual} : c.options.image_names;
}

Base image_base(const ImageContext& c) {
  const auto& image = c.workspace.config.image;
  Base base{.image = image, .info = image_info(c, image), .user = {}, .build = {}};
  if (base.info) base.user = base.info->user;
  base.build.tags = names_of(c, c.workspace.identity.folder_image_name + "-features");
  return base;
}

BuildImageRequest dockerfile_build(const ImageContext& c) {
  const auto& config = c.workspace.config.build;
  BuildImageRequest build{
      .dockerfile = config.dockerfile, .context = config.context, .target = config.target};
  build.args = {config.args.begin(), config.args.end()};
  build.tags = names_of(c, c.workspace.identity.folder_image_name);
  if (!c.options.no_cache) {
    build.cache_from = c.options.cache_from;
    build.cache_from.insert(build.cache_from.end(), config.cache_from.begin(),
                            config.cache_from.end());
  }
  build.options = config.options;
  // With features the build also starts from an image that no registry has.
  build.pull = c.options.pull && c.workspace.config.features.empty() &&
               c.options.additional_features.empty();
  return build;
}

/// The files of a build on a host, which travel through here.
void fetch_build_files(const ImageContext& c) {
  const auto* remote = c.workspace.remote.get();
  if (remote == nullptr) return;
  const auto& build = c.workspace.config.build;
  const LogStep step(c.core.log(), "Copying the build context from " + remote->place().host);
  remote->fetch(build.dockerfile, c.stop);
  remote->fetch(build.context, c.stop);
}

Base dockerfile_base(const ImageContext& c) {
  const auto& path = c.workspace.config.build.dockerfile;
  fetch_build_files(c);
  const auto text = read_file_if_there(path);
  if (!text) {
    const bool own = c.core.mode() == Mode::fairlead;
    throw Error(Status::not_found, "dockerfile.not_found",
                own ? "Dockerfile (" + path + ") not found."
                    : "ENOENT: no such file or directory, open '" + path + "'",
                "build.dockerfile is relative to the folder of devcontainer.json.")
        .at({.file = c.workspace.document->config_file});
  }
  Base base{.image = {}, .info = {}, .user = {}, .build = dockerfile_build(c)};
  const auto file = read_dockerfile(*text);
  DockerfileInputs inputs{.build_args = base.build.args, .target = base.build.target};
  if (!c.probe.arch.empty()) inputs.arch = c.probe.arch;
  if (const auto image = base_image(file, inputs)) base.info = image_info(c, *image);
  if (base.info) {
    for (const auto& entry : base.info->env) {
      const auto equals = entry.find('=');
      if (equals != std::string::npos) {
        inputs.image_environment[entry.substr(0, equals)] = entry.substr(equals + 1);
      }
    }
    base.user = base.info->user;
  }
  if (auto user = stage_user(file, inputs)) base.user = std::move(*user);
  return base;
}

/// What is built is to begin with what the registries have now.
bool pulls_bases(const ImageContext& c) {
  return c.options.pull || (c.options.no_cache && !wants_features(c));
}

/// The images of the services; `primary` is another name for the one that features go onto, `pull`
/// whether the engine is to pull what they begin with.
void build_services(const ImageContext& c, const std::string& primary, bool pull) {
  // The reference leaves it to Compose how it builds, whatever it is told.
  const bool own = c.core.mode() == Mode::fairlead;
  BuildImageRequest build{.no_cache = c.options.no_cache,
                          .pull = pull,
                          .builder = own ? c.options.builder : Builder::automatic,
                          .group = c.group->group};
  if (!primary.empty()) build.tags = {primary};
  if (!c.options.no_cache) build.cache_from = c.options.cache_from;
  const LogStep step(c.core.log(), "Building the images of the services");
  try {
    c.backend.build_image(build, logged_call(c.core, c.stop));
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "An error occurred building the Docker Compose images.");
  }
}

/// The reference reads it before anything is built.
void require_service_dockerfile(const ImageContext& c) {
  const auto& build = c.group->resolved.build;
  if (c.core.mode() == Mode::fairlead || c.workspace.remote || !build) return;
  if (!build->dockerfile.starts_with('/') || read_file_if_there(build->dockerfile)) return;
  throw Error(Status::not_found, "dockerfile.not_found",
              "ENOENT: no such file or directory, open '" + build->dockerfile + "'",
              "build.dockerfile is relative to build.context.");
}

/// What a service's Dockerfile says, where its image may be built no more than read.
Base unbuilt_service_base(const ImageContext& c) {
  const auto& build = *c.group->resolved.build;
  Base base{.image = c.group->resolved.image, .info = {}, .user = {}, .build = {}};
  if (!build.dockerfile.starts_with('/')) return base;  // it is in the files, or elsewhere
  const auto* remote = c.workspace.remote.get();
  if (remote != nullptr) remote->fetch(build.dockerfile, c.stop);
  const auto text =
      read_file_if_there(remote == nullptr ? build.dockerfile : remote->here(build.dockerfile));
  if (!text) return base;
  DockerfileInputs inputs{.build_args = build.args, .target = build.target};
  if (!c.probe.arch.empty()) inputs.arch = c.probe.arch;
  if (const auto image = base_image(read_dockerfile(*text), inputs))
    base.info = image_info(c, *image);
  return base;
}

/// The same; by our own name what cannot be had is nothing that reading fails of.
Base readable_service_base(const ImageContext& c, const Base& otherwise) {
  try {
    return unbuilt_service_base(c);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled || c.core.mode() == Mode::drop_in) throw;
    c.core.log().text(LogLevel::debug, error.message());
    return otherwise;
  }
}

/// The primary service's image, which features are layered on as on any other: under the name that
/// Compose gives it when it is built, under the workspace's own otherwise. CMP-010.
Base service_base(const ImageContext& c) {
  const auto& said = c.group->resolved;
  const auto& folder_image = c.workspace.identity.folder_image_name;
  require_service_dockerfile(c);
  if (!c.metadata_only) require_run_services(c.workspace, *c.group);
  Base base{.image = said.image, .info = {}, .user = {}, .build = {}};
  if (said.build && wants_features(c) && !c.metadata_only) base.image = folder_image + "-base";
  if (said.build && c.metadata_only) {
    // An image of ours has the features and the configuration in its label already.
    const bool may_be_ours = wants_features(c) || c.core.mode() == Mode::drop_in;
    auto unbuilt = may_be_ours ? readable_service_base(c, base) : base;
    if (unbuilt.info) return unbuilt;
    base.info = image_if_there(c.backend, said.image, c.stop);
    return base.info || may_be_ours ? base : unbuilt_service_base(c);
  }
  const bool fresh =
      !c.metadata_only && pull_for_group(c.core, c.workspace, *c.group, c.backend, c.probe.arch,
                                         said.builds && pulls_bases(c), c.stop);
  if (said.builds && !c.metadata_only) {
    build_services(c, base.image == said.image ? std::string() : base.image,
                   pulls_bases(c) && !fresh);
  }
  base.info = image_info(c, base.image);
  if (base.info) base.user = base.info->user;
  base.build.tags = names_of(c, said.build ? said.image : folder_image);
  return base;
}

std::vector<MetadataEntry> base_entries(const ImageContext& c, const Base& base) {
  if (!base.info) return {};
  const auto label = base.info->labels.find(metadata_key);
  if (label == base.info->labels.end()) return {};
  return metadata_of_label(label->second, [&](const std::string& message) {
    c.core.log().text(LogLevel::warning, message);
  });
}

LockfileUse lockfile_use_of(const ImageContext& c) {
  return c.metadata_only ? LockfileUse::none : lockfile_use(c.workspace.settings);
}

/// Nobody is warned who only reads.
ControlManifest control_of(const ImageContext& c) {
  if (c.metadata_only) return {};
  return control_manifest(c.core, c.workspace.settings, wanted_ids(c), c.stop);
}

}  // namespace

std::optional<ImageInfo> published_image(const ImageContext& c, const std::string& image) {
  const LogStep step(c.core.log(), "Looking up image " + image);
  try {
    Registry registry(registry_options(c.core, c.workspace.settings), c.core.log());
    auto arch = c.probe.arch.empty() ? DockerfileInputs{}.arch : c.probe.arch;
    if (const auto parts = split(c.options.platform, '/'); parts.size() > 1) arch = parts[1];
    return image_in_registry(registry, image, "linux", arch, c.stop);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    c.core.log().text(LogLevel::debug, error.message());
    return {};
  }
}

std::unique_ptr<FeatureInstaller> feature_installer(const ImageContext& c) {
  const auto& name = c.workspace.settings.text("feature_installer");
  if (name == "built-in" || name == "layers" || name == "in-place") {
    return std::make_unique<LayeredFeatureInstaller>(
        [&c](const FeaturesPlanRequest& request) {
          const bool locked = lockfile_use_of(c) != LockfileUse::none;
          return feature_store(c.core, c.workspace.settings, request,
                               locked ? read_lockfile(c.workspace) : std::string(),
                               c.options.no_cache || c.options.pull);
        },
        [&c](const FeaturesPlanRequest& request, const ResolvedList& features) {
          warn_of_advisories(c.core, control_of(c), features);
          keep_lockfile(c.core, c.workspace, request, features, lockfile_use_of(c));
        });
  }
  return c.core.plugins(c.workspace.settings)
      .open_features(name, c.core.host(c.workspace.settings), nullptr,
                     {.environment = c.core.options().environment});
}

std::vector<PlannedFeature> planned_features(const ImageContext& c, FeatureInstaller& installer) {
  if (!wants_features(c)) return {};
  require_allowed(control_of(c), wanted_ids(c));
  auto plan = installer.plan(features_request(c.core, c.workspace, c.options.additional_features),
                             {.stop = c.stop});
  for (const auto& warning : plan.warnings) c.core.log().text(LogLevel::warning, warning);
  return std::move(plan.features);
}

Plan plan_image(const ImageContext& c) {
  const bool built = c.workspace.config.scenario == Scenario::dockerfile;
  Plan plan{.base = c.group != nullptr ? service_base(c)
                    : built            ? dockerfile_base(c)
                                       : image_base(c),
            .installer = feature_installer(c),
            .features = {},
            .entries = {}};
  plan.features = planned_features(c, *plan.installer);
  plan.entries = base_entries(c, plan.base);
  for (const auto& feature : plan.features) {
    plan.entries.push_back(metadata_entry_of_feature(feature.id, feature.metadata,
                                                     !c.options.omit_feature_customizations));
  }
  const auto remote_env = !c.options.omit_remote_env;
  for (auto& own : own_metadata_entries(*c.workspace.document, remote_env)) {
    plan.entries.push_back(std::move(own));
  }
  return plan;
}

std::vector<MetadataEntry> metadata_entries(Core& core, const Workspace& workspace,
                                            const BuildOptions& options,
                                            const std::shared_ptr<Backend>& backend,
                                            const ProbeReply& probe, std::stop_token stop,
                                            const ServiceGroup* group) {
  const ImageContext c{core, workspace, options, *backend, probe, std::move(stop), true, group};
  return plan_image(c).entries;
}

}  // namespace fairlead
