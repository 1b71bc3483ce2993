#include "engine/session.hpp"

#include "engine/deadlines.hpp"
#include "engine/resident_relay.hpp"
#include "engine/the_host.hpp"
#include "spec/git_commit.hpp"

#include <fairlead/overlay.hpp>

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

/// What a foreign container without any configuration is merged over.
ConfigDocument empty_document(Mode mode) {
  ConfigDocument document;
  document.raw = std::make_shared<nlohmann::ordered_json>(nlohmann::ordered_json::object());
  document.json = document.raw;
  document.variables.mode = mode;
  return document;
}

}  // namespace

MergedConfig merged_for_instance(const Core& core, const Workspace& workspace,
                                 const InstanceInfo& instance) {
  const auto document = workspace.document.value_or(empty_document(core.mode()));
  std::vector<MetadataEntry> entries;
  std::vector<MetadataEntry> own;
  if (const auto label = instance.labels.find("devcontainer.metadata");
      label != instance.labels.end()) {
    entries = metadata_of_label(label->second, [&](const std::string& message) {
      core.log().text(LogLevel::warning, message);
    });
    if (workspace.document && has_identity(instance, workspace.identity)) {
      if (auto entry = refreshed_entry(document)) own.push_back(std::move(*entry));
    } else if (workspace.document) {
      own = own_metadata_entries(document);
    }
  } else if (workspace.document) {
    own = own_metadata_entries(document);
  }
  entries.insert(entries.end(), own.begin(), own.end());
  return substitute_container_env(merge(document, entries, faulty_values(core.mode())),
                                  container_environment(instance));
}

InstanceInfo running_instance(const Found& found, std::stop_token stop) {
  const auto& known = *found.instance;
  auto instance =
      known.detailed ? known : found.backend->inspect({.id = known.id}, question(std::move(stop)));
  if (instance.state != InstanceState::running) {
    throw Error(Status::conflict, "environment.not_running",
                "The dev container is not running (" + instance.status + ").",
                "Start it with `fairlead up`.");
  }
  return instance;
}

Session open_session(Core& core, const Workspace& workspace,
                     const std::shared_ptr<Backend>& backend, const InstanceInfo& instance,
                     const RemoteEnvironmentOptions& options, bool need_markers,
                     std::stop_token stop) {
  Session session{.backend = backend,
                  .instance = instance,
                  .merged = merged_for_instance(core, workspace, instance),
                  .data_folder = marker_folder(instance, options.container_data_folder)};
  const auto account = remote_account_of(session.merged, instance);
  if (core.mode() == Mode::fairlead && workspace.settings.text("exec_via") != "engine") {
    session.backend = through_resident_relay(core, backend, instance.id, account);
  }
  if (workspace.document) session.source = workspace.document->source;
  // A host's path says nothing here.
  if (workspace.document && !workspace.remote && need_markers && core.mode() == Mode::fairlead) {
    session.content = git_commit(workspace.document->workspace.mount_root);
  }
  const auto& system_folder = options.container_system_data_folder;
  session.inside =
      enter(core, *session.backend, instance,
            {.user = account,
             .probe = session.merged.user_env_probe.value_or(options.default_user_env_probe),
             .data_folder = session.data_folder,
             .system_folder = system_folder.empty() ? "/var/devcontainer" : system_folder,
             .session_folder = options.container_session_data_folder,
             .need_markers = need_markers},
            std::move(stop));
  session.environment =
      process_environment(session.inside, instance, options.remote_env, session.merged.remote_env);
  const bool has_folder =
      workspace.document && !workspace.document->workspace.container_folder.empty();
  session.working_directory =
      has_folder ? workspace.document->workspace.container_folder : session.inside.home;
  return session;
}

}  // namespace fairlead
