#include "engine/snapshot.hpp"

#include "base/atomic_file.hpp"
#include "engine/built_images.hpp"
#include "engine/call_log.hpp"
#include "engine/change.hpp"
#include "engine/deadlines.hpp"
#include "engine/image_plan.hpp"
#include "engine/staging.hpp"
#include "features/dockerfile_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

/// What a snapshot has done already.
constexpr std::array<const char*, 2> done_hooks = {"onCreateCommand", "updateContentCommand"};

std::string words(const std::vector<std::string>& list) {
  return Json(list).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string metadata_without_done(const std::string& label) {
  auto metadata = Json::parse(label, nullptr, false);
  if (metadata.is_object()) metadata = Json::array({metadata});
  if (!metadata.is_array()) return label;
  for (auto& entry : metadata) {
    for (const auto* hook : done_hooks) {
      if (entry.is_object()) entry.erase(hook);
    }
  }
  std::erase_if(metadata.get_ref<Json::array_t&>(),
                [](const Json& entry) { return entry.empty(); });
  return metadata.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string quoted(const std::string& text) { return dockerfile_quoted(text, false, '\\'); }

/// Neither `prune` nor the next build may take a snapshot for a mere product of ours.
bool says_whose(const std::string& key) { return key == workspace_key || key == built_from_key; }

/// A label cannot be taken off again; an empty one finds nobody's environment.
std::string label_lines(const InstanceInfo& instance, const ImageInfo& image) {
  std::string lines;
  for (const auto& [key, value] : instance.labels) {
    const auto own = image.labels.find(key);
    if (key == metadata_key) {
      lines += metadata_label_lines(metadata_without_done(value), '\\');
    } else if (own == image.labels.end() || says_whose(key)) {
      lines += "LABEL " + quoted(key) + "=\"\"\n";
    } else if (own->second != value) {
      lines += "LABEL " + quoted(key) + '=' + quoted(own->second) + '\n';
    }
  }
  return lines;
}

std::string proxy_lines(const InstanceInfo& instance, const ImageInfo& image) {
  std::string lines;
  for (const auto& entry : instance.env) {
    const auto name = entry.substr(0, entry.find('='));
    if (is_proxy_variable(name) && std::ranges::find(image.env, entry) == image.env.end()) {
      lines += "ENV " + name + "=\"\"\n";
    }
  }
  return lines;
}

std::string dockerfile(const std::string& base, const InstanceInfo& instance,
                       const ImageInfo& image) {
  auto text = "FROM " + base + '\n';
  text += "ENTRYPOINT " + words(image.entrypoint) + '\n';
  text += "CMD " + words(image.command) + '\n';
  text += "USER " + (image.user.empty() ? "root" : image.user) + '\n';
  return text + proxy_lines(instance, image) + label_lines(instance, image);
}

/// Returns what `instance` was made from: asked first, so that a failure leaves no image.
ImageInfo commit(Backend& backend, const InstanceInfo& instance, const std::string& image,
                 const std::stop_token& stop) {
  try {
    auto base = backend.inspect_image({.image = instance.image}, question(stop));
    // How long that takes depends on how much the user's commands have made.
    backend.commit({.id = instance.id, .image = image}, CallOptions{.stop = stop});
    return base;
  } catch (const Error& error) {
    if (error.status() != Status::unsupported) throw;
    throw Error(Status::unsupported, "image.snapshot",
                "The backend '" + backend.name() +
                    "' keeps no images of containers: " + error.message() + '.',
                "Leave out --image-name, or choose another backend.");
  }
}

/// What the snapshot is made of has no use of its own. That it stays is no failure of the snapshot.
class RawImage {
 public:
  RawImage(const Core& core, Backend& backend, std::string name)
      : core_(core), backend_(backend), name_(std::move(name)) {}
  RawImage(const RawImage&) = delete;
  RawImage& operator=(const RawImage&) = delete;
  ~RawImage() {
    try {
      backend_.remove_object({.kind = ObjectKind::image, .id = name_}, change({}));
    } catch (const Error& error) {
      core_.log().text(LogLevel::warning,
                       "The image " + name_ + " could not be removed: " + error.message());
    }
  }

 private:
  const Core& core_;
  Backend& backend_;
  std::string name_;
};

BuildImageRequest build_request(const std::vector<std::string>& names,
                                const BuildOptions& options) {
  BuildImageRequest build{.tags = names, .labels = options.labels, .builder = Builder::classic};
  // The classic builder is the engine's own and knows neither.
  if (options.push || !options.output.empty()) build.builder = options.builder;
  build.push = options.push;
  build.output = options.output;
  return build;
}

}  // namespace

bool is_proxy_variable(std::string_view name) {
  constexpr std::array<std::string_view, 5> names = {"http_proxy", "https_proxy", "ftp_proxy",
                                                     "no_proxy", "all_proxy"};
  std::string lower(name);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::find(names, lower) != names.end();
}

void keep_as_image(Core& core, const Workspace& workspace, Backend& backend,
                   const InstanceInfo& instance, const std::vector<std::string>& names,
                   const BuildOptions& options, std::stop_token stop) {
  const LogStep step(core.log(), "Keeping the container as " + names.front());
  const auto& id = workspace.identity.devcontainer_id;
  const auto raw = "fairlead-snapshot-" + id.substr(0, 20) + ":raw";
  const auto image = commit(backend, instance, raw, stop);
  const RawImage removed_later(core, backend, raw);
  const StagingFolder staging(core, id);
  auto build = build_request(names, options);
  build.context = staging.path();
  build.dockerfile = staging.path() / "Dockerfile";
  write_file(build.dockerfile, dockerfile(raw, instance, image));
  try {
    backend.build_image(build, logged_call(core, stop, LogLevel::debug));
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "An error occurred building the image.");
  }
}

}  // namespace fairlead
