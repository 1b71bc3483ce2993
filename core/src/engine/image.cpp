#include "engine/image.hpp"

#include "base/atomic_file.hpp"
#include "engine/call_log.hpp"
#include "engine/registry_credentials.hpp"
#include "engine/staging.hpp"
#include "features/installer.hpp"
#include "spec/dockerfile.hpp"

#include <filesystem>

namespace fairlead {
namespace {

constexpr const char* metadata_key = "devcontainer.metadata";
/// On images that we extended: the hash of everything that went in, to know them again.
constexpr const char* content_key = "dev.fairlead.content";

/// The steps below in one place: what they all need.
struct Context {
  Core& core;
  const Workspace& workspace;
  const BuildOptions& options;
  Backend& backend;
  const ProbeReply& probe;
  std::stop_token stop;
};

/// What is extended: an image, or what the user's Dockerfile makes.
struct Base {
  std::string image;              ///< the image configuration's own; empty with a Dockerfile
  std::optional<ImageInfo> info;  ///< of the image, or of the one that the Dockerfile starts from
  std::string user;               ///< USER at its end; empty: root
  BuildImageRequest build;        ///< the Dockerfile's
};

std::optional<ImageInfo> inspect_if_there(const Context& c, const std::string& image) {
  try {
    return c.backend.inspect_image({.image = image}, {.stop = c.stop});
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    return {};
  }
}

void pull(const Context& c, const std::string& image) {
  const LogStep step(c.core.log(), "Pulling image " + image);
  auto options = logged_call(c.core, c.stop);
  PullImageRequest request{.image = image};
  request.credentials = pass_registry_credentials(options, c.core.options().environment, image);
  c.backend.pull_image(request, std::move(options));
}

std::optional<ImageInfo> image_info(const Context& c, const std::string& image) {
  if (!c.probe.capabilities.image_inspection || image == "scratch") return {};
  if (auto info = inspect_if_there(c, image)) return info;
  if (!c.probe.capabilities.pull) {
    throw Error(Status::not_found, "image.not_found",
                "The image '" + image + "' is not there and the backend cannot pull it.");
  }
  pull(c, image);
  return inspect_if_there(c, image);
}

Base image_base(const Context& c) {
  const auto& image = c.workspace.config.image;
  Base base{.image = image, .info = image_info(c, image), .user = {}, .build = {}};
  if (base.info) base.user = base.info->user;
  base.build.tags = {c.workspace.identity.folder_image_name + "-features"};
  return base;
}

BuildImageRequest dockerfile_build(const Context& c) {
  const auto& config = c.workspace.config.build;
  BuildImageRequest build{
      .dockerfile = config.dockerfile, .context = config.context, .target = config.target};
  build.args = {config.args.begin(), config.args.end()};
  build.tags = {c.workspace.identity.folder_image_name};
  if (!c.options.no_cache) {
    build.cache_from = c.options.cache_from;
    build.cache_from.insert(build.cache_from.end(), config.cache_from.begin(),
                            config.cache_from.end());
  }
  build.options = config.options;
  return build;
}

Base dockerfile_base(const Context& c) {
  const auto& path = c.workspace.config.build.dockerfile;
  const auto text = read_file_if_there(path);
  if (!text) {
    throw Error(Status::not_found, "dockerfile.not_found", "Dockerfile (" + path + ") not found.",
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

std::vector<MetadataEntry> base_entries(const Context& c, const Base& base) {
  if (!base.info) return {};
  const auto label = base.info->labels.find(metadata_key);
  if (label == base.info->labels.end()) return {};
  return metadata_of_label(label->second, [&](const std::string& message) {
    c.core.log().text(LogLevel::warning, message);
  });
}

std::unique_ptr<FeatureInstaller> feature_installer(const Context& c) {
  const auto& name = c.workspace.settings.text("feature_installer");
  if (name == "built-in") return std::make_unique<LayeredFeatureInstaller>();
  return c.core.plugins(c.workspace.settings)
      .open_features(name, c.core.host(c.workspace.settings), nullptr,
                     {.environment = c.core.options().environment});
}

std::vector<PlannedFeature> plan_features(const Context& c, FeatureInstaller& installer) {
  if (c.workspace.config.features.empty() && c.options.additional_features.empty()) return {};
  const auto& document = *c.workspace.document;
  auto plan = installer.plan({.config = configuration_json(document),
                              .config_folder = document.config_folder(),
                              .workspace_folder = document.workspace.local_folder,
                              .additional_features = c.options.additional_features,
                              .drop_in = c.core.mode() == Mode::drop_in},
                             {.stop = c.stop});
  for (const auto& warning : plan.warnings) c.core.log().text(LogLevel::warning, warning);
  return std::move(plan.features);
}

void add_common_options(const Context& c, BuildImageRequest& build) {
  build.no_cache = c.options.no_cache;
  build.builder = c.options.builder;
  build.cache_to = c.options.cache_to;
  if (build.cache_from.empty() && !c.options.no_cache) build.cache_from = c.options.cache_from;
}

void build_image(const Context& c, BuildImageRequest build) {
  add_common_options(c, build);
  try {
    c.backend.build_image(build, logged_call(c.core, c.stop));
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "An error occurred building the image.");
  }
}

bool already_built(const Context& c, const BuildImageRequest& build, const std::string& hash) {
  if (c.options.no_cache || hash.empty() || build.tags.empty() || !build.dockerfile.empty()) {
    return false;
  }
  const auto known = inspect_if_there(c, build.tags.front());
  if (!known) return false;
  const auto label = known->labels.find(content_key);
  return label != known->labels.end() && label->second == hash;
}

FeaturesInstallRequest install_request(const Context& c, const Base& base,
                                       const std::vector<MetadataEntry>& entries) {
  const auto merged = merge(*c.workspace.document, entries);
  FeaturesInstallRequest request{.base_image = base.image,
                                 .build = base.build,
                                 .image_user = base.user,
                                 .container_user = merged.container_user,
                                 .remote_user = merged.remote_user,
                                 .metadata = metadata_label(entries),
                                 .container_env = c.workspace.config.container_env};
  if (base.info && !base.image.empty()) request.base_image_id = base.info->id;
  request.buildkit = c.probe.buildkit && c.options.builder == Builder::automatic;
  request.named_contexts = request.buildkit && c.probe.build_contexts;
  return request;
}

/// Everything that has to be built: the Dockerfile, the features' layers, or both in one.
void build_layers(const Context& c, const Base& base, FeatureInstaller& installer,
                  const std::vector<PlannedFeature>& features,
                  const std::vector<MetadataEntry>& entries) {
  const StagingFolder staging(c.core, c.workspace.identity.devcontainer_id);
  auto request = install_request(c, base, entries);
  request.features = features;
  request.staging_folder = staging.path();
  auto plan = installer.install(request, {.stop = c.stop});
  if (plan.builds.empty() || already_built(c, base.build, plan.content_hash)) return;
  plan.builds.back().labels[content_key] = plan.content_hash;
  const LogStep step(c.core.log(), "Building image " + base.build.tags.front());
  for (auto& build : plan.builds) build_image(c, std::move(build));
}

/// Steps 7 and 8 up to the point where something would be made.
struct Plan {
  Base base;
  std::unique_ptr<FeatureInstaller> installer;
  std::vector<PlannedFeature> features;
  std::vector<MetadataEntry> entries;
};

Plan plan_image(const Context& c) {
  const bool from_image = c.workspace.config.scenario == Scenario::image;
  Plan plan{.base = from_image ? image_base(c) : dockerfile_base(c),
            .installer = feature_installer(c),
            .features = {},
            .entries = {}};
  plan.features = plan_features(c, *plan.installer);
  plan.entries = base_entries(c, plan.base);
  for (const auto& feature : plan.features) {
    plan.entries.push_back(metadata_entry_of_feature(feature.id, feature.metadata));
  }
  if (auto own = metadata_entry(*c.workspace.document)) plan.entries.push_back(std::move(*own));
  return plan;
}

}  // namespace

ImageResult prepare_image(Core& core, const Workspace& workspace, const BuildOptions& options,
                          const std::shared_ptr<Backend>& backend, const ProbeReply& probe,
                          std::stop_token stop) {
  const Context c{core, workspace, options, *backend, probe, std::move(stop)};
  auto plan = plan_image(c);
  if (workspace.config.scenario == Scenario::image && plan.features.empty()) {
    return {.image = plan.base.image,
            .info = std::move(plan.base.info),
            .entries = std::move(plan.entries),
            .label_on_instance = true};
  }
  build_layers(c, plan.base, *plan.installer, plan.features, plan.entries);
  const auto& image = plan.base.build.tags.front();
  return {.image = image,
          .info = inspect_if_there(c, image),
          .entries = std::move(plan.entries),
          .label_on_instance = false};
}

std::vector<MetadataEntry> metadata_entries(Core& core, const Workspace& workspace,
                                            const BuildOptions& options,
                                            const std::shared_ptr<Backend>& backend,
                                            const ProbeReply& probe, std::stop_token stop) {
  const Context c{core, workspace, options, *backend, probe, std::move(stop)};
  return plan_image(c).entries;
}

}  // namespace fairlead
