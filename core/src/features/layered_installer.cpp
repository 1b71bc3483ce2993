#include "features/layered_installer.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "features/dockerfile_text.hpp"
#include "features/layers.hpp"
#include "features/local_feature.hpp"
#include "features/staging.hpp"
#include "spec/dockerfile.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr const char* content_image_name = "dev_container_feature_content:";

// The user's Dockerfile, ready to be built upon.
struct UserDockerfile {
  DockerfileParts parts;
  std::string stage;
};

UserDockerfile read_user_dockerfile(const FeaturesInstallRequest& request) {
  const Dockerfile file = read_dockerfile(read_file(request.build.dockerfile));
  UserDockerfile result;
  std::string text = file.text;
  result.stage = request.build.target;
  if (result.stage.empty()) {
    NamedStage named = name_last_stage(file);
    text = std::move(named.text);
    result.stage = std::move(named.name);
  }
  result.parts = split_directives(text, request.omit_syntax_directive);
  if (!request.buildkit) {
    result.parts.body = cut_after_stage(result.parts.body, result.stage, result.parts.escape);
  }
  if (!result.parts.body.ends_with('\n')) result.parts.body += '\n';
  return result;
}

std::string base_argument_line() {
  return std::string("ARG ") + base_image_argument + "=scratch\n";
}

std::string dockerfile_text(const UserDockerfile& user, const Layers& layers) {
  return user.parts.directives + base_argument_line() + user.parts.body + layers.text;
}

// The request's own build, now of our Dockerfile.
BuildImageRequest extended(const FeaturesInstallRequest& request, const std::string& file,
                           const std::string& base, const Layers& layers) {
  BuildImageRequest build = request.build;
  build.dockerfile = (fs::path(request.staging_folder) / file).string();
  build.target = target_stage;
  build.args.insert(layers.args.begin(), layers.args.end());
  build.args[base_image_argument] = base;
  return build;
}

// BuildKit takes <Dockerfile>.dockerignore before the context's own; ours has to keep its say.
void keep_ignore_file(const FeaturesInstallRequest& request, const std::string& dockerfile) {
  const auto ignored = read_file_if_there(request.build.dockerfile + ".dockerignore");
  if (ignored) write_file(dockerfile + ".dockerignore", *ignored);
}

std::string content_hash(const FeaturesInstallRequest& request, const std::string& content,
                         const std::string& text, const BuildImageRequest& build) {
  BuildImageRequest relevant;
  relevant.args = build.args;
  relevant.target = build.target;
  relevant.labels = build.labels;
  relevant.platform = build.platform;
  relevant.options = build.options;
  Sha256 hash;
  for (const std::string& part : {request.base_image_id, content, text, encode(relevant)}) {
    hash.update(std::to_string(part.size()) + ":" + part);
  }
  return to_hex(hash.finish());
}

std::string content_folder(const FeaturesInstallRequest& request) {
  return (fs::path(request.staging_folder) / "content").string();
}

// Makes the content folder of a request and returns its digest.
using Stage = std::function<std::string()>;

FeaturesInstallReply extend_image(const FeaturesInstallRequest& request, const Stage& stage) {
  const std::string context = content_folder(request);
  const std::string content = stage();
  const auto layers_of = [&](bool buildkit) {
    return feature_layers(
        request, {.source = ContentSource::context, .content_image = {}, .buildkit = buildkit});
  };
  const auto build_of = [&](const Layers& layers) {
    return extended(request, "Dockerfile.extended", request.base_image, layers);
  };
  FeaturesInstallReply reply;
  // Whoever looks for an image that is there need not know which builder would make it.
  const Layers plain = layers_of(/*buildkit=*/false);
  reply.content_hash =
      content_hash(request, content, base_argument_line() + plain.text, build_of(plain));
  const Layers layers = layers_of(request.buildkit);
  BuildImageRequest build = build_of(layers);
  write_file(build.dockerfile, base_argument_line() + layers.text);
  build.context = context;
  reply.builds.push_back(std::move(build));
  return reply;
}

// The classic builder has one context only, and that is the user's: an image brings the content.
// Its name holds the content's digest, so two builds at once cannot take each other's.
BuildImageRequest content_image_build(const FeaturesInstallRequest& request,
                                      const std::string& context, const std::string& name) {
  BuildImageRequest build;
  build.dockerfile = (fs::path(request.staging_folder) / "Dockerfile.buildContent").string();
  build.context = context;
  build.tags = {name};
  build.builder = request.build.builder;
  build.platform = request.build.platform;
  write_file(build.dockerfile, content_image_dockerfile());
  return build;
}

FeaturesInstallReply extend_dockerfile(const FeaturesInstallRequest& request, const Stage& stage) {
  const UserDockerfile user = read_user_dockerfile(request);
  const std::string context = content_folder(request);
  const bool named = request.buildkit && request.named_contexts;
  FeaturesInstallReply reply;
  std::string content;
  Layers layers;
  if (request.features.empty()) {
    layers = label_layer(request, user.parts.escape);
  } else {
    content = stage();
    const std::string image = content_image_name + content.substr(0, 32);
    if (!named) reply.builds.push_back(content_image_build(request, context, image));
    layers = feature_layers(request,
                            {.source = named ? ContentSource::named_context : ContentSource::image,
                             .content_image = image,
                             .buildkit = request.buildkit,
                             .escape = user.parts.escape});
  }
  const std::string text = dockerfile_text(user, layers);
  BuildImageRequest build = extended(request, "Dockerfile-with-features", user.stage, layers);
  write_file(build.dockerfile, text);
  keep_ignore_file(request, build.dockerfile);
  if (named && !request.features.empty()) build.contexts[content_stage] = context;
  reply.content_hash = content_hash(request, content, text, build);
  reply.builds.push_back(std::move(build));
  return reply;
}

// Everything that `stage_content` looks at; of a build nothing.
std::string content_key(const FeaturesInstallRequest& request) {
  return encode(FeaturesInstallRequest{.features = request.features,
                                       .staging_folder = request.staging_folder,
                                       .image_user = request.image_user,
                                       .container_user = request.container_user,
                                       .remote_user = request.remote_user});
}

}  // namespace

std::string LayeredFeatureInstaller::stage(const FeaturesInstallRequest& request,
                                           std::stop_token stop) {
  const std::string folder = content_folder(request);
  std::string key = content_key(request);
  const std::lock_guard lock(mutex_);
  std::error_code gone;
  if (key == staged_key_ && fs::is_directory(folder, gone)) return staged_digest_;
  staged_key_.clear();
  staged_digest_ = stage_content(request, folder, std::move(stop));
  staged_key_ = std::move(key);
  return staged_digest_;
}

FeaturesPlanReply LayeredFeatureInstaller::plan(const FeaturesPlanRequest& request,
                                                CallOptions options) {
  store_ = open_store_(request);
  const auto on_resolved = [&](const ResolvedList& features) {
    if (on_resolved_) on_resolved_(request, features);
  };
  FeaturesPlanReply reply = plan_features(request, *store_, on_resolved, options.stop);
  if (options.on_event) {
    for (const std::string& warning : reply.warnings) {
      Event event;
      event.warning = warning;
      options.on_event(event);
    }
  }
  return reply;
}

FeaturesInstallReply LayeredFeatureInstaller::install(const FeaturesInstallRequest& request,
                                                      CallOptions options) {
  const Stage staged = [&] { return stage(request, options.stop); };
  if (!request.build.dockerfile.empty()) {
    if (!request.features.empty() || !request.metadata.empty()) {
      return extend_dockerfile(request, staged);
    }
    return {.builds = {request.build}, .content_hash = {}};
  }
  if (request.features.empty()) return {};
  if (request.base_image.empty()) {
    throw Error(Status::invalid, "features.no_base",
                "there is neither an image nor a Dockerfile to put features onto");
  }
  return extend_image(request, staged);
}

}  // namespace fairlead
