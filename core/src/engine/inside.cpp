#include "base/text.hpp"
#include "engine/deadlines.hpp"
#include "engine/run.hpp"
#include "engine/session.hpp"
#include "engine/the_host.hpp"
#include "spec/mount.hpp"

#include <fairlead/inside.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

/// A folder that both sides see.
struct Shared {
  std::string host;
  std::string environment;
};

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// What stands behind `folder` in `path`, with its slash; nullopt: it is elsewhere.
std::optional<std::string> below(const std::string& path, const std::string& folder) {
  if (folder == "/") return path == "/" ? std::string() : path;
  if (!path.starts_with(folder)) return std::nullopt;
  auto rest = path.substr(folder.size());
  return rest.empty() || rest.front() == '/' ? std::optional(rest) : std::nullopt;
}

std::vector<Mount> wanted_mounts(const Workspace& workspace) {
  if (!workspace.document) return {};
  std::vector<Mount> mounts;
  for (const auto& configured : workspace.config.mounts) mounts.push_back(configured.mount);
  const auto& paths = workspace.document->workspace;
  for (const auto& text : {paths.mount, paths.additional_mount}) {
    if (text && !text->empty()) mounts.push_back(parse_mount(*text));
  }
  return mounts;
}

/// Mounts that hide what is mounted above them count too: a file there is not the host's.
std::vector<Mount> mounts_of(Core& core, const Workspace& workspace, const Selection& selection,
                             bool& same, const std::stop_token& stop) {
  const auto found = find_environment(core, workspace, selection, stop);
  if (!found.instance) return wanted_mounts(workspace);
  same = is_the_host(*found.instance);
  return found.backend->inspect({.id = found.instance->id}, question(stop)).mounts;
}

/// The mount that holds a path inside, if any.
const Mount* holder(const std::vector<Mount>& mounts, const std::string& inside) {
  const Mount* deepest = nullptr;
  for (const auto& mount : mounts) {
    if (!below(inside, without_slash(mount.target))) continue;
    if (deepest == nullptr || mount.target.size() > deepest->target.size()) deepest = &mount;
  }
  return deepest;
}

std::optional<std::string> to_host(const std::vector<Mount>& mounts, const std::string& inside) {
  const auto* mount = holder(mounts, inside);
  if (mount == nullptr || mount->type != MountType::bind) return std::nullopt;
  const auto rest = *below(inside, without_slash(mount->target));
  const auto source = without_slash(mount->source);
  return source == "/" && !rest.empty() ? rest : source + rest;
}

std::optional<std::string> to_environment(const std::vector<Mount>& mounts,
                                          const std::string& outside) {
  std::optional<std::string> best;
  std::size_t deepest = 0;
  for (const auto& mount : mounts) {
    if (mount.type != MountType::bind) continue;
    const auto source = without_slash(mount.source);
    const auto rest = below(outside, source);
    if (!rest || (best && source.size() <= deepest)) continue;
    const auto target = without_slash(mount.target);
    auto inside = target == "/" && !rest->empty() ? *rest : target + *rest;
    if (holder(mounts, inside) != &mount) continue;  // another mount lies over it
    best = std::move(inside);
    deepest = source.size();
  }
  return best;
}

/// Exit statuses of the script below; 90 says that there is no such file.
constexpr int is_no_file = 91;
constexpr int is_denied = 92;

constexpr const char* reading =
    "[ -e \"$1\" ] || exit 90; [ -f \"$1\" ] || exit 91; [ -r \"$1\" ] || exit 92; "
    "wc -c <\"$1\" >&2; tail -c \"+$2\" <\"$1\" | head -c \"$3\"";

[[noreturn]] void refuse_file(int status, const std::string& path) {
  if (status == is_denied) {
    throw Error(Status::denied, "inside.file", "The remote user may not read " + path + '.');
  }
  if (status == is_no_file) {
    throw Error(Status::invalid, "inside.file", path + " is no regular file.");
  }
  throw Error(Status::not_found, "inside.file", "There is no " + path + " in the environment.");
}

std::int64_t number_in(const std::string& text) {
  const auto digits = trim(text);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// `more` on top of `base`.
void lay_over(Json& base, const Json& more) {
  if (base.is_object() && more.is_object()) {
    for (const auto& [name, value] : more.items()) {
      base.contains(name) ? lay_over(base[name], value) : void(base[name] = value);
    }
  } else if (base.is_array() && more.is_array()) {
    for (const auto& item : more) {
      if (std::find(base.begin(), base.end(), item) == base.end()) base.push_back(item);
    }
  } else {
    base = more;
  }
}

}  // namespace

std::vector<std::optional<std::string>> map_paths(Core& core, const Selection& selection,
                                                  PathSide from,
                                                  const std::vector<std::string>& paths,
                                                  std::stop_token stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, selection, stop));
  bool same = false;
  const auto mounts = mounts_of(core, workspace, selection, same, stop);
  std::vector<std::optional<std::string>> mapped;
  for (const auto& path : paths) {
    const auto plain = without_slash(path);
    if (same) {
      mapped.emplace_back(plain);
    } else {
      mapped.push_back(from == PathSide::host ? to_environment(mounts, plain)
                                              : to_host(mounts, plain));
    }
  }
  return mapped;
}

FilePiece read_inside(Core& core, const Selection& selection, const std::string& path,
                      std::int64_t offset, std::int64_t length, std::stop_token stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, selection, stop));
  const auto found = require_environment(core, workspace, selection, stop);
  const auto instance = running_instance(found, stop);
  const auto merged = merged_for_instance(core, workspace, instance);
  const auto folder = workspace.document ? workspace.document->workspace.container_folder : "";
  FilePiece piece{.path = path.starts_with('/') ? path : folder + '/' + path,
                  .size = 0,
                  .offset = offset,
                  .bytes = {}};
  auto result =
      run_captured(*found.backend,
                   {.instance = instance.id,
                    .argv = {"/bin/sh", "-c", reading, "sh", piece.path, std::to_string(offset + 1),
                             std::to_string(length)},
                    .user = is_the_host(instance) ? "" : remote_account_of(merged, instance)},
                   stop);
  if (result.exit_code != 0) refuse_file(result.exit_code, piece.path);
  piece.size = number_in(result.err);
  piece.bytes = std::move(result.out);
  return piece;
}

std::string customizations(Core& core, const Selection& selection, const std::string& tool,
                           std::stop_token stop) {
  const auto read = read_configuration(
      core, {.selection = selection, .additional_features = {}, .include_merged = true}, stop);
  const auto merged = Json::parse(read.merged, nullptr, false);
  Json entries = Json::array();
  if (merged.is_object() && merged.contains("customizations") &&
      merged["customizations"].contains(tool)) {
    const auto& said = merged["customizations"][tool];
    entries = said.is_array() ? said : Json::array({said});
  }
  Json together;
  for (const auto& entry : entries)
    together.is_null() ? void(together = entry) : lay_over(together, entry);
  return Json{{"entries", std::move(entries)}, {"merged", std::move(together)}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fairlead
