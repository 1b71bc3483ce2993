#include "engine/image.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "engine/build_output.hpp"
#include "engine/built_images.hpp"
#include "engine/call_log.hpp"
#include "engine/deadlines.hpp"
#include "engine/image_plan.hpp"
#include "engine/image_there.hpp"
#include "engine/in_place.hpp"
#include "engine/staging.hpp"
#include "features/dockerfile_text.hpp"
#include "features/shell_text.hpp"

#include <algorithm>

namespace fairlead {
namespace {

void add_common_options(const ImageContext& c, BuildImageRequest& build) {
  build.no_cache = c.options.no_cache;
  build.builder = c.options.builder;
  build.platform = c.options.platform;
  for (const auto& secret : c.options.secrets) {
    build.options.insert(build.options.end(), {"--secret", secret});
  }
}

/// Only the last of several builds makes the image that was asked for.
void add_result_options(const ImageContext& c, BuildImageRequest& build) {
  // The reference leaves out what the classic builder does not know; by our name that is an error.
  const bool classic = !c.probe.buildkit || c.options.builder == Builder::classic;
  if (c.core.mode() == Mode::fairlead || !classic) {
    build.output = c.options.output;
    build.cache_to = c.options.cache_to;
  }
  build.push = c.options.push;
  if (build.cache_from.empty() && !c.options.no_cache) build.cache_from = c.options.cache_from;
  // The reference leaves --label out where a Dockerfile is built.
  const bool labelled =
      c.core.mode() == Mode::fairlead || c.workspace.config.scenario == Scenario::image;
  if (labelled) build.labels.insert(c.options.labels.begin(), c.options.labels.end());
  if (c.core.mode() == Mode::fairlead)
    build.labels[workspace_key] = c.workspace.document->workspace.local_folder;
}

/// As `logged_call`, read along.
CallOptions read_call(const ImageContext& c, BuildOutput& output) {
  auto options = logged_call(c.core, c.stop);
  options.on_event = [&output, log = std::move(options.on_event)](const Event& event) {
    if (event.output) output.add(*event.output);
    log(event);
  };
  return options;
}

/// Names the feature, the end of its output and how to repeat it.
OperationError failed_feature(const ImageContext& c, const BuildOutput::FailedFeature& failed) {
  const auto& folder = c.workspace.document->workspace.local_folder;
  return {Error(Status::failed, "features.install_failed",
                failed.what + " Its output ended:\n" + failed.tail,
                "`fairlead build --workspace-folder " + shell_quoted(folder) +
                    "` repeats it: what was built before it is kept."),
          "An error occurred building the image."};
}

/// Returns the image's id, where it stays here.
std::string build_image(const ImageContext& c, BuildImageRequest build) {
  add_common_options(c, build);
  BuildOutput output;
  try {
    return c.backend.build_image(build, read_call(c, output)).image_id;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    const auto failed = output.failed_feature();
    if (failed && c.core.mode() == Mode::fairlead) throw failed_feature(c, *failed);
    // The reference says so of a Dockerfile's build only.
    const bool plain =
        c.core.mode() == Mode::drop_in && c.workspace.config.scenario == Scenario::image;
    if (plain) throw;
    throw OperationError(error, "An error occurred building the image.");
  }
}

/// What went in, with what only the command line said of the result.
std::string hash_of_result(const ImageContext& c, const std::string& content) {
  if (content.empty() || (c.options.platform.empty() && c.options.labels.empty())) return content;
  std::string text = content + '\n' + c.options.platform;
  for (const auto& [key, value] : c.options.labels) text += '\n' + key + '=' + value;
  return sha256_hex(text);
}

/// The image of that name, if it was made from the same.
std::optional<ImageInfo> made_before(const ImageContext& c, const std::string& image,
                                     const std::string& hash) {
  // A registry's image for several platforms is one for each.
  if (c.options.push && c.options.platform.find(',') != std::string::npos) return {};
  auto known =
      c.options.push ? published_image(c, image) : image_if_there(c.backend, image, c.stop);
  if (known && !is_built_from(c.core, *known, hash)) known.reset();
  return known;
}

/// What is there under the first name, when everything that the build would make is where it would
/// go. Of a Dockerfile only the builder knows what went in.
std::optional<ImageInfo> already_built(const ImageContext& c, const BuildImageRequest& build,
                                       const std::string& hash) {
  const bool asked = c.options.no_cache || !c.options.output.empty() || !c.options.cache_to.empty();
  if (asked || hash.empty() || build.tags.empty() || !build.dockerfile.empty()) return {};
  // The reference asks no registry.
  if (c.options.push && c.core.mode() == Mode::drop_in) return {};
  auto first = made_before(c, build.tags.front(), hash);
  const bool all = std::all_of(build.tags.begin() + 1, build.tags.end(), [&](const auto& image) {
    return first && made_before(c, image, hash);
  });
  return all ? first : std::nullopt;
}

/// Nothing to record leaves the image's own label, which a Dockerfile may set, alone.
std::string label_of(const std::vector<MetadataEntry>& entries) {
  return entries.empty() ? std::string() : metadata_label(entries);
}

/// A service's own user counts as the container's. CMP-011.
std::string container_user(const ImageContext& c, const MergedConfig& merged) {
  if (merged.container_user.empty() && c.group != nullptr) return c.group->resolved.user;
  return merged.container_user;
}

FeaturesInstallRequest install_request(const ImageContext& c, const Base& base,
                                       const std::vector<MetadataEntry>& entries) {
  const auto merged = merge(*c.workspace.document, entries, faulty_values(c.core.mode()));
  FeaturesInstallRequest request{.base_image = base.image,
                                 .build = base.build,
                                 .image_user = base.user,
                                 .container_user = container_user(c, merged),
                                 .remote_user = merged.remote_user,
                                 .metadata = label_of(entries),
                                 .container_env = c.workspace.config.container_env};
  if (base.info && !base.image.empty()) request.base_image_id = base.info->id;
  request.buildkit = c.probe.buildkit && c.options.builder == Builder::automatic;
  request.omit_syntax_directive = c.options.omit_syntax_directive;
  request.named_contexts = request.buildkit && c.probe.build_contexts;
  return request;
}

/// Which builder there is takes processes to find out: asked only before something is built.
ImageContext with_builder(ImageContext c) {
  if (!c.probe.builder.empty() || c.options.builder == Builder::classic) return c;
  auto capabilities = std::move(c.probe.capabilities);
  c.probe = c.backend.probe({.builder = true}, question(c.stop));
  c.probe.capabilities = std::move(capabilities);
  return c;
}

/// Everything that has to be built: the Dockerfile, the features' layers, or both in one. Returns
/// what was there already, so that nobody has to ask for it again.
std::optional<ImageInfo> build_layers(const ImageContext& asked, const Base& base,
                                      FeatureInstaller& installer,
                                      const std::vector<PlannedFeature>& features,
                                      const std::vector<MetadataEntry>& entries) {
  const StagingFolder staging(asked.core, asked.workspace.identity.devcontainer_id);
  const auto install = [&](const ImageContext& c) {
    auto request = install_request(c, base, entries);
    request.features = features;
    request.staging_folder = staging.path();
    return installer.install(request, {.stop = c.stop});
  };
  auto plan = install(asked);
  const auto hash = hash_of_result(asked, plan.content_hash);
  if (plan.builds.empty()) return {};
  if (auto known = already_built(asked, base.build, hash)) return known;
  const auto c = with_builder(asked);
  if (c.probe.buildkit != asked.probe.buildkit) plan = install(c);
  mark_built_from(c.core, plan.builds.back(), hash);
  add_result_options(c, plan.builds.back());
  const LogStep step(c.core.log(), "Building image " + base.build.tags.front());
  ImageInfo made;
  for (auto& build : plan.builds) made.id = build_image(c, std::move(build));
  remember_built_from(c.core, made, hash);
  return {};
}

/// The image of a configuration without features, with the label and nothing else on top.
void build_label_only(const ImageContext& c, const Plan& plan) {
  const StagingFolder staging(c.core, c.workspace.identity.devcontainer_id);
  auto build = plan.base.build;
  build.context = staging.path();
  build.dockerfile = staging.path() / "Dockerfile";
  const auto label = label_of(plan.entries);
  const auto text =
      "FROM " + plan.base.image + '\n' + (label.empty() ? "" : metadata_label_lines(label, '\\'));
  const auto& info = plan.base.info;
  const auto hash = hash_of_result(c, info ? sha256_hex(info->id + text) : std::string());
  if (already_built(c, plan.base.build, hash)) return;
  write_file(build.dockerfile, text);
  mark_built_from(c.core, build, hash);
  add_result_options(c, build);
  ImageInfo made;
  made.id = build_image(c, std::move(build));
  remember_built_from(c.core, made, hash);
}

bool needs_no_image(const ImageContext& c, const Plan& plan) {
  return c.workspace.config.scenario != Scenario::dockerfile && plan.features.empty();
}

/// A service's image without another name; by the reference's name it gets the label, too, where
/// there is something to say or it is not the service's to keep.
bool is_as_its_files_say(const ImageContext& c, const Plan& plan) {
  if (c.group == nullptr || !needs_no_image(c, plan) || !c.options.image_names.empty())
    return false;
  return c.core.mode() == Mode::fairlead || (c.group->resolved.build && plan.entries.empty());
}

/// The reference leaves out the label of a service that is built when it would be empty.
bool says_something(const ImageContext& c, const Plan& plan) {
  const bool built = c.group != nullptr && c.group->resolved.build;
  return c.core.mode() == Mode::fairlead || !built || !plan.entries.empty();
}

std::shared_ptr<InPlaceFeatures> in_place(const ImageContext& c,
                                          std::unique_ptr<FeatureInstaller> installer,
                                          std::vector<PlannedFeature> features) {
  return std::make_shared<InPlaceFeatures>(
      InPlaceFeatures{.installer = std::move(installer),
                      .features = std::move(features),
                      .container_user = {},
                      .remote_user = {},
                      .exec_user = c.probe.capabilities.exec_user});
}

/// The image as it is without features, and those to be installed later.
ImageResult image_for_in_place(const ImageContext& c, Plan plan) {
  ImageResult result{.image = plan.base.image,
                     .info = plan.base.info,
                     .entries = plan.entries,
                     .label_on_instance = true};
  const auto scenario = c.workspace.config.scenario;
  if (scenario == Scenario::dockerfile || scenario == Scenario::compose) {
    build_layers(c, plan.base, *plan.installer, {}, {});
    result.image = plan.base.build.tags.front();
    result.info = image_if_there(c.backend, result.image, c.stop);
  }
  result.in_place = in_place(c, std::move(plan.installer), std::move(plan.features));
  return result;
}

}  // namespace

ImageResult prepare_image(Core& core, const Workspace& workspace, const BuildOptions& options,
                          const std::shared_ptr<Backend>& backend, const ProbeReply& probe,
                          std::stop_token stop, const ServiceGroup* group) {
  const ImageContext c{core, workspace, options, *backend, probe, std::move(stop), false, group};
  auto plan = plan_image(c);
  const auto services = group == nullptr ? std::optional<ServiceGroup>() : *group;
  if (needs_no_image(c, plan)) {
    const bool labelled = says_something(c, plan);
    return {.image = plan.base.image,
            .info = std::move(plan.base.info),
            .entries = std::move(plan.entries),
            .label_on_instance = labelled,
            .group = services};
  }
  if (!plan.features.empty() && installs_in_place(workspace.settings, probe.capabilities)) {
    return image_for_in_place(c, std::move(plan));
  }
  auto known = build_layers(c, plan.base, *plan.installer, plan.features, plan.entries);
  const auto& image = plan.base.build.tags.front();
  return {.image = image,
          .info = known ? std::move(known) : image_if_there(c.backend, image, c.stop),
          .entries = std::move(plan.entries),
          .label_on_instance = false,
          .group = services};
}

std::shared_ptr<InPlaceFeatures> plan_in_place(Core& core, const Workspace& workspace,
                                               const BuildOptions& options,
                                               const std::shared_ptr<Backend>& backend,
                                               const ProbeReply& probe, std::stop_token stop) {
  const ImageContext c{core, workspace, options, *backend, probe, std::move(stop)};
  auto installer = feature_installer(c);
  auto features = planned_features(c, *installer);
  return in_place(c, std::move(installer), std::move(features));
}

std::vector<std::string> build_named_image(Core& core, const Workspace& workspace,
                                           const BuildOptions& options,
                                           const std::shared_ptr<Backend>& backend,
                                           const ProbeReply& probe, std::stop_token stop,
                                           const ServiceGroup* group) {
  const ImageContext c{core, workspace, options, *backend, probe, std::move(stop), false, group};
  const auto plan = plan_image(c);
  if (is_as_its_files_say(c, plan)) return {plan.base.image};
  if (needs_no_image(c, plan)) {
    build_label_only(c, plan);
  } else {
    build_layers(c, plan.base, *plan.installer, plan.features, plan.entries);
  }
  return plan.base.build.tags;
}

}  // namespace fairlead
