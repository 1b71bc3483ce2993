#include "engine/creation_words.hpp"

#include "spec/mount.hpp"

#include <fairlead/creation_error.hpp>

#include <initializer_list>
#include <string_view>
#include <tuple>

namespace fairlead {
namespace {

constexpr const char* description = "An error occurred setting up the container.";

class Words {
 public:
  void add(std::initializer_list<std::string_view> words) {
    for (const auto word : words) text_.append(text_.empty() ? "" : " ").append(word);
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string type_name(MountType type) {
  if (type == MountType::bind) return "bind";
  return type == MountType::volume ? "volume" : "tmpfs";
}

/// An object of devcontainer.json as the reference writes it.
std::string mount_word(const ConfiguredMount& mount) {
  if (!mount.text.empty()) return mount.text;
  const auto& [type, source, target] =
      std::tie(mount.mount.type, mount.mount.source, mount.mount.target);
  return "type=" + type_name(type) + (source.empty() ? "" : ",src=" + source) + ",dst=" + target;
}

void add_ports(Words& words, const std::vector<AppPort>& ports) {
  for (const auto& port : ports) {
    const auto number = std::to_string(port.number);
    words.add({"-p", port.number > 0 ? "127.0.0.1:" + number + ':' + number : port.text});
  }
}

void add_mounts(Words& words, const Workspace& workspace, const MergedConfig& merged,
                const UpRequest& request) {
  const auto& paths = workspace.document->workspace;
  for (const auto& mount : {paths.mount, paths.additional_mount}) {
    if (mount && !mount->empty()) words.add({"--mount", *mount});
  }
  for (const auto& mount : merged.mounts) words.add({"--mount", mount_word(mount)});
  for (const auto& mount : request.mounts) {
    words.add({"--mount", mount_word({.text = {}, .mount = parse_mount(mount)})});
  }
}

void add_rights(Words& words, const MergedConfig& merged) {
  if (merged.init.value_or(false)) words.add({"--init"});
  if (merged.privileged.value_or(false)) words.add({"--privileged"});
  for (const auto& name : merged.cap_add) words.add({"--cap-add", name});
  for (const auto& option : merged.security_opt) words.add({"--security-opt", option});
}

void add_process(Words& words, const MergedConfig& merged, const ImageResult& image) {
  words.add({image.image, "-c", keep_alive_script(merged.entrypoints), "-"});
  if (merged.override_command != false || !image.info) return;
  for (const auto& word : image.info->entrypoint) words.add({word});
  for (const auto& word : image.info->command) words.add({word});
}

}  // namespace

std::string creation_words(const Workspace& workspace, const MergedConfig& merged,
                           const ImageResult& image, const UpRequest& request) {
  Words words;
  words.add({"--sig-proxy=false", "-a", "STDOUT", "-a", "STDERR"});
  add_ports(words, workspace.config.app_ports);
  add_mounts(words, workspace, merged, request);
  for (const auto& [key, value] : workspace.identity.id_labels) {
    words.add({"-l", key + '=' + value});
  }
  for (const auto& [name, value] : merged.container_env) words.add({"-e", name + '=' + value});
  if (!merged.container_user.empty()) words.add({"-u", merged.container_user});
  for (const auto& word : workspace.config.run_args) words.add({word});
  // Whether one was detected is not known here; that a container fails for another reason then is
  // rare enough.
  if (workspace.config.host_requirements.gpu && request.gpu == GpuAvailability::all) {
    words.add({"--gpus", "all"});
  }
  add_rights(words, merged);
  words.add({"--entrypoint", "/bin/sh"});
  if (image.label_on_instance) {
    words.add({"-l", "devcontainer.metadata=" + metadata_label(image.entries)});
  }
  add_process(words, merged, image);
  return std::move(words).take();
}

CreatedInstance with_creation_words(const Core& core, const Workspace& workspace,
                                    const MergedConfig& merged, const ImageResult& image,
                                    const UpRequest& request,
                                    const std::function<CreatedInstance()>& make) {
  if (core.mode() == Mode::fairlead || image.group) return make();
  const auto words = [&] { return creation_words(workspace, merged, image, request); };
  try {
    return make();
  } catch (const OperationError& error) {
    throw CreationError(error, words());
  } catch (const Error& error) {
    throw CreationError(OperationError(error, description), words());
  }
}

}  // namespace fairlead
