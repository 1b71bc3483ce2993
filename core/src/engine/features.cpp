#include "engine/features.hpp"

#include "engine/find.hpp"
#include "engine/lockfile.hpp"
#include "engine/registry_access.hpp"
#include "engine/remote_folder.hpp"
#include "features/feature_sets.hpp"
#include "features/plan.hpp"

#include <fairlead/features.hpp>

#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

constexpr const char* short_config = ".devcontainer.json";

// The reference CLI looks at the two places in the opposite order here.
Selection with_short_config_first(const Core& core, Selection selection) {
  const std::filesystem::path config =
      std::filesystem::path(selection.workspace_folder) / short_config;
  std::error_code none;
  if (core.mode() == Mode::drop_in && selection.config.empty() &&
      std::filesystem::exists(config, none)) {
    selection.config = config.string();
  }
  return selection;
}

// The merged configuration of what is made already comes from its label, without features.
bool has_container(Core& core, const Workspace& workspace, const Selection& selection,
                   std::stop_token stop) {
  try {
    return find_environment(core, workspace, selection, std::move(stop)).instance.has_value();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return false;
  }
}

Error no_features(const Workspace& workspace) {
  return Error(
      Status::invalid, "features.none",
      "Could not parse features object in configuration '" + workspace.document->config_file + "'",
      "The configuration names no features.");
}

}  // namespace

FeaturesPlanRequest features_request(const Core& core, const Workspace& workspace,
                                     const std::string& additional_features) {
  const ConfigDocument& document = *workspace.document;
  FeaturesPlanRequest request;
  request.config = configuration_json(document);
  request.config_folder = document.config_folder();
  // Beside the configuration: where that was copied from a host, the features were too.
  request.workspace_folder = document.workspace.local_folder;
  if (workspace.remote) request.workspace_folder = workspace.remote->here(request.workspace_folder);
  request.additional_features = additional_features;
  request.drop_in = core.mode() == Mode::drop_in;
  return request;
}

std::vector<std::string> wanted_features(const Core& core, const Workspace& workspace,
                                         const std::string& additional_features) {
  const auto request = features_request(core, workspace, additional_features);
  std::vector<std::string> ids;
  for (const auto& feature : resolve_request(request).wanted) ids.push_back(feature.id);
  return ids;
}

std::string read_features_configuration(Core& core, const ReadConfigurationRequest& request,
                                        std::stop_token stop) {
  if (!request.include_features && !request.include_merged) return {};
  const auto workspace = open_workspace(core, request.selection, stop);
  if (!workspace.document) return {};
  const auto plan = features_request(core, workspace, request.additional_features);
  const auto resolve = resolve_request(plan);
  if (resolve.wanted.empty()) return {};
  if (!request.include_features && has_container(core, workspace, request.selection, stop)) {
    return {};
  }
  const auto store = feature_store(core, workspace.settings, plan, {});
  const auto ordered = in_install_order(resolve_features(*store, resolve, stop), *store, resolve);
  const auto fetched = fetch_features(*store, ordered, std::move(stop));
  return features_configuration_json(fetched.features, fetched.folders,
                                     content_cache_folder(core).string());
}

std::string resolve_dependencies(Core& core, const Selection& selection,
                                 const std::function<void(const std::string&)>& show_graph,
                                 std::stop_token stop) {
  const auto workspace = open_workspace(core, with_short_config_first(core, selection), stop);
  const auto request = features_request(core, workspace, {});
  auto resolve = resolve_request(request);
  if (resolve.wanted.empty()) throw no_features(workspace);
  resolve.describe_soft = true;
  const auto store = feature_store(core, workspace.settings, request, read_lockfile(workspace));
  const auto features = resolve_features(*store, resolve, stop);
  show_graph(feature_graph_text(features, resolve.sorting));
  return install_order_json(in_install_order(features, *store, resolve));
}

}  // namespace fairlead
