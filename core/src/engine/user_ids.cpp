#include "engine/user_ids.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "engine/built_images.hpp"
#include "engine/call_log.hpp"
#include "engine/deadlines.hpp"
#include "engine/staging.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead {
namespace {

/// The hash of everything that went in, to know the image again.

/// Rewrites /etc/passwd and /etc/group in place, so that their owner and mode stay.
constexpr const char* script = R"sh(
old_uid= owner= owner_group=
while IFS=: read -r name password uid gid gecos home shell || [ -n "$name" ]; do
  if [ "$name" = "$REMOTE_USER" ]; then old_uid=$uid old_gid=$gid folder=$home; fi
  if [ "$uid" = "$NEW_UID" ]; then owner=$name; fi
done </etc/passwd
while IFS=: read -r name password gid members || [ -n "$name" ]; do
  if [ "$gid" = "$NEW_GID" ]; then owner_group=$name; fi
done </etc/group
if [ -z "$old_uid" ]; then
  echo "The user $REMOTE_USER is not in /etc/passwd; its ids stay."
elif [ "$old_uid:$old_gid" = "$NEW_UID:$NEW_GID" ]; then
  echo "The user $REMOTE_USER has the ids $NEW_UID:$NEW_GID already."
elif [ "$old_uid" != "$NEW_UID" ] && [ -n "$owner" ]; then
  echo "The uid $NEW_UID belongs to $owner; the ids of $REMOTE_USER stay $old_uid:$old_gid."
else
  if [ "$old_gid" != "$NEW_GID" ] && [ -n "$owner_group" ]; then
    echo "The gid $NEW_GID belongs to the group $owner_group; $REMOTE_USER keeps $old_gid."
    NEW_GID=$old_gid
  fi
  echo "The ids of $REMOTE_USER change from $old_uid:$old_gid to $NEW_UID:$NEW_GID."
  text=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "$REMOTE_USER":*)
      rest=${line#*:}
      line=$REMOTE_USER:${rest%%:*}:$NEW_UID:$NEW_GID:${rest#*:*:*:} ;;
    esac
    text="$text$line
"
  done </etc/passwd
  printf '%s' "$text" >/etc/passwd || exit
  if [ "$old_gid" != "$NEW_GID" ]; then
    text=
    while IFS= read -r line || [ -n "$line" ]; do
      rest=${line#*:*:}
      case $rest in
      "$old_gid":*) line=${line%"$rest"}$NEW_GID${rest#"$old_gid"} ;;
      esac
      text="$text$line
"
    done </etc/group
    printf '%s' "$text" >/etc/group || exit
  fi
  case $folder in
  '' | /) ;;
  *) [ ! -e "$folder" ] || chown -R "$NEW_UID:$NEW_GID" "$folder" ;;
  esac
fi
)sh";

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

BuildImageRequest build_request(const IdUpdate& update, const ImageResult& image,
                                const HostDescription& host, const ProbeReply& probe) {
  // A plain build of a few milliseconds: no builder but the engine's own needs to start for it.
  BuildImageRequest build{.tags = {update.image_name}, .builder = Builder::classic};
  build.args = {{"BASE_IMAGE", image.image},
                {"REMOTE_USER", update.remote_user},
                {"NEW_UID", std::to_string(host.uid)},
                {"NEW_GID", std::to_string(host.gid)},
                {"IMAGE_USER", update.image_user}};
  if (!image.info->arch.empty() && image.info->arch != probe.arch) {
    build.platform = image.info->os + '/' + image.info->arch;
    if (!image.info->variant.empty()) build.platform += '/' + image.info->variant;
  }
  return build;
}

std::string content_hash(const BuildImageRequest& build, const std::string& base_id) {
  auto text = id_update_dockerfile() + '\0' + base_id;
  for (const auto& [name, value] : build.args) text += '\0' + name + '=' + value;
  return sha256_hex(text);
}

bool already_made(const Core& core, Backend& backend, const IdUpdate& update,
                  const std::string& hash, std::stop_token stop) {
  try {
    const auto known =
        backend.inspect_image({.image = update.image_name}, question(std::move(stop)));
    return is_built_from(core, known, hash);
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    return false;
  }
}

void make(Core& core, const Workspace& workspace, BuildImageRequest build, const std::string& hash,
          Backend& backend, std::stop_token stop) {
  const StagingFolder staging(core, workspace.identity.devcontainer_id);
  build.context = staging.path();
  build.dockerfile = staging.path() / "Dockerfile";
  write_file(build.dockerfile, id_update_dockerfile());
  const LogStep step(core.log(), "Giving " + build.args.at("REMOTE_USER") + " your user id");
  try {
    const auto made =
        backend.build_image(build, logged_call(core, std::move(stop), LogLevel::debug));
    remember_built_from(core, {.id = made.image_id}, hash);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "An error occurred setting up the container.");
  }
}

/// Why nothing can be done where it is wanted; empty: it can.
std::string obstacle(const ImageResult& image, const ProbeReply& probe) {
  const auto& build = probe.capabilities.build;
  if (std::ranges::find(build, "local") == build.end()) return "the backend cannot build images";
  if (!image.info) return "the backend does not say what is in the image";
  return {};
}

}  // namespace

std::string user_of_run_args(const std::vector<std::string>& run_args) {
  for (std::size_t i = run_args.size(); i-- > 0;) {
    const auto& word = run_args[i];
    if ((word == "-u" || word == "--user") && i + 1 < run_args.size()) return run_args[i + 1];
    if (word.starts_with("-u=") || word.starts_with("--user=")) {
      return word.substr(word.find('=') + 1);
    }
  }
  return {};
}

std::optional<IdUpdate> planned_id_update(const MergedConfig& merged,
                                          const std::vector<std::string>& run_args,
                                          const ImageResult& image, const std::string& folder_image,
                                          UpdateRemoteUserId standard) {
  const bool wanted = merged.update_remote_user_uid.value_or(standard == UpdateRemoteUserId::on);
  if (standard == UpdateRemoteUserId::never || !wanted) return {};
  const auto image_user = image.info && !image.info->user.empty() ? image.info->user : "root";
  auto user = merged.remote_user;
  if (user.empty()) user = user_of_run_args(run_args);
  if (user.empty()) user = merged.container_user;
  if (user.empty()) user = image_user;
  if (merged.mode == Mode::fairlead) user = user.substr(0, user.find(':'));
  if (user == "root" || is_number(user)) return {};
  const auto& name = image.image.starts_with(folder_image) ? image.image : folder_image;
  return IdUpdate{.image_name = name + "-uid", .remote_user = user, .image_user = image_user};
}

std::string id_update_dockerfile() {
  // The exec form leaves the image's own SHELL alone.
  const auto command = nlohmann::json{"/bin/sh", "-c", script}.dump();
  return "ARG BASE_IMAGE=scratch\nFROM $BASE_IMAGE\nUSER root\nARG REMOTE_USER\nARG NEW_UID\n"
         "ARG NEW_GID\nRUN " +
         command + "\nARG IMAGE_USER\nUSER $IMAGE_USER\n";
}

std::optional<WantedIds> update_user_ids(Core& core, const Workspace& workspace,
                                         const MergedConfig& merged, UpdateRemoteUserId standard,
                                         const std::shared_ptr<Backend>& backend,
                                         const ProbeReply& probe, ImageResult& image,
                                         std::stop_token stop) {
  // Of services the one user that counts is the service's own (CMP-011, 018).
  const auto words = image.group ? std::vector<std::string>{"-u", image.group->resolved.user}
                                 : workspace.config.run_args;
  const auto update =
      planned_id_update(merged, words, image, workspace.identity.folder_image_name, standard);
  if (!update) return {};
  if (const auto why = obstacle(image, probe); !why.empty()) {
    core.log().text(LogLevel::warning,
                    "The user " + update->remote_user + " keeps the ids of the image: " + why +
                        ". Set updateRemoteUserUID to false to hear no more of it.");
    return {};
  }
  const auto host = core.host(workspace.settings)->describe(question(stop));
  if (host.uid == 0 && core.mode() == Mode::fairlead) {
    core.log().text(LogLevel::info, "You are root: the user " + update->remote_user +
                                        " keeps the ids of the image.");
    return {};
  }
  auto build = build_request(*update, image, host, probe);
  const auto hash = content_hash(build, image.info->id);
  mark_built_from(core, build, hash);
  if (!already_made(core, *backend, *update, hash, stop)) {
    make(core, workspace, std::move(build), hash, *backend, stop);
  }
  image.image = update->image_name;
  return WantedIds{.user = update->remote_user, .uid = host.uid, .gid = host.gid};
}

}  // namespace fairlead
