#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/parallel.hpp"
#include "engine/features.hpp"
#include "engine/find.hpp"
#include "engine/lockfile.hpp"
#include "engine/newer_base.hpp"
#include "engine/registry_access.hpp"
#include "features/lockfile.hpp"
#include "features/plan.hpp"
#include "features/remote_feature.hpp"
#include "features/semver.hpp"

#include <fairlead/features.hpp>

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

constexpr std::size_t parallel_requests = 8;

std::optional<std::string> newest_in_range(const std::vector<std::string>& newest_first,
                                           const std::string& range) {
  const auto found =
      std::find_if(newest_first.begin(), newest_first.end(), [&range](const std::string& tag) {
        return version_in_range(*parse_semantic_version(tag), range);
      });
  return found == newest_first.end() ? std::nullopt : std::optional(*found);
}

FeatureVersions versions_of(Registry& registry, const std::string& id,
                            const FeatureReference& reference, const Lockfile& lockfile,
                            const std::stop_token& stop) {
  const auto newest = versions_of_tags(tags_or_none(registry, oci_reference(reference), stop));
  FeatureVersions versions{.id = id, .current = {}, .wanted = {}, .latest = {}};
  if (!newest.empty()) versions.latest = newest.front();
  std::optional<std::string> locked;
  if (const auto found = lockfile.find(id); found != lockfile.end()) {
    locked = found->second.version;
  }
  versions.wanted = locked;
  if (reference.digest.empty()) {
    versions.wanted =
        reference.tag == "latest" ? versions.latest : newest_in_range(newest, reference.tag);
  } else if (!locked) {
    const auto version = describe_feature(registry, reference, {}, stop).metadata.version;
    if (!version.empty()) versions.wanted = version;
  }
  versions.current = locked ? locked : versions.wanted;
  return versions;
}

Lockfile lockfile_of(const Workspace& workspace) {
  return parse_lockfile(read_lockfile(workspace), lockfile_path(workspace.document->config_file))
      .value_or(Lockfile{});
}

std::string without_version(const std::string& id) {
  const auto slash = id.rfind('/');
  return id.substr(0, id.find_first_of(":@", slash == std::string::npos ? 0 : slash));
}

// Names the new version in the file, where the id stands as a member's name; comments stay.
void change_version(const Workspace& workspace, const UpgradeRequest& request) {
  const std::string& file = workspace.document->config_file;
  const std::string base = without_version(request.feature);
  for (const auto& feature : workspace.config.features) {
    if (without_version(feature.id) != base) continue;
    std::string text = read_file(file);
    const std::string old_name = json_quoted(feature.id);
    const std::string new_name = json_quoted(base + ':' + request.target_version);
    for (auto at = text.find(old_name); at != std::string::npos;
         at = text.find(old_name, at + new_name.size())) {
      text.replace(at, old_name.size(), new_name);
    }
    write_workspace_file(workspace, file, text);
    return;
  }
}

Workspace open_with_configuration(Core& core, const Selection& selection,
                                  const std::stop_token& stop) {
  auto workspace = open_workspace(core, selection, stop);
  if (workspace.document) return workspace;
  throw Error(Status::not_found, "config.not_found", "Dev container config not found.");
}

}  // namespace

std::vector<FeatureVersions> outdated_features(Core& core, const Selection& selection,
                                               std::stop_token stop) {
  const auto workspace = open_with_configuration(core, selection, stop);
  const Lockfile lockfile = lockfile_of(workspace);
  Registry registry(registry_options(core, workspace.settings), core.log());
  std::vector<std::pair<std::string, FeatureReference>> wanted;
  for (const auto& feature : workspace.config.features) {
    try {
      wanted.emplace_back(feature.id, registry_feature(feature.id));
    } catch (const Error&) {
      continue;  // local ones and archives have no versions to choose from
    }
  }
  std::vector<FeatureVersions> versions(wanted.size());
  for_each_parallel(wanted.size(), parallel_requests, std::move(stop),
                    [&](std::size_t i, std::stop_token each) {
                      const auto& [id, reference] = wanted[i];
                      versions[i] = versions_of(registry, id, reference, lockfile, each);
                    });
  return versions;
}

std::string newer_base_image(Core& core, const Selection& selection, std::stop_token stop) {
  const auto workspace = open_with_configuration(core, selection, stop);
  try {
    const auto found = find_environment(core, workspace, selection, stop);
    return newer_base(core, *found.backend, workspace, stop);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::debug, "Nothing is known of the base image: " + error.message());
    return {};
  }
}

std::string upgrade_lockfile(Core& core, const UpgradeRequest& request, std::stop_token stop) {
  auto workspace = open_with_configuration(core, request.selection, stop);
  if (!request.feature.empty()) {
    core.log().text(LogLevel::info, "Updating '" + request.feature + "' to '" +
                                        request.target_version + "' in devcontainer.json");
    change_version(workspace, request);
    workspace = open_with_configuration(core, request.selection, stop);
  }
  const auto plan = features_request(core, workspace, {});
  const auto resolve = resolve_request(plan);
  if (resolve.wanted.empty()) {
    throw Error(Status::invalid, "features.none", "Failed to update lockfile",
                "The configuration names no features.");
  }
  const auto store = feature_store(core, workspace.settings, plan, {}, /*newest=*/true);
  const auto ordered = in_install_order(resolve_features(*store, resolve, stop), *store, resolve);
  const std::string text = lockfile_text(lock_features(ordered, {}, plan.drop_in));
  if (!request.dry_run)
    write_workspace_file(workspace, lockfile_path(workspace.document->config_file), text);
  return text;
}

}  // namespace fairlead
