#include "engine/workspace.hpp"

#include "engine/clone.hpp"
#include "engine/deadlines.hpp"
#include "engine/early_list.hpp"
#include "engine/extended.hpp"
#include "engine/remote_clone.hpp"
#include "engine/remote_folder.hpp"
#include "engine/synced_folder.hpp"
#include "engine/the_host.hpp"
#include "features/lockfile.hpp"
#include "spec/identity.hpp"
#include "spec/locate.hpp"

namespace fairlead {
namespace {

ReadOptions read_options(const Core& core, const Selection& selection) {
  return {.workspace_folder = selection.workspace_folder,
          .config = selection.config,
          .override_config = selection.override_config,
          .mode = core.mode(),
          .environment = core.options().environment,
          .working_directory = core.options().working_directory,
          .mount_workspace_git_root = selection.mount_workspace_git_root,
          .mount_git_worktree_common_dir = selection.mount_git_worktree_common_dir,
          .mount_consistency = selection.mount_consistency};
}

bool names_a_configuration(const Selection& selection) {
  return !selection.workspace_folder.empty() || !selection.config.empty() ||
         !selection.override_config.empty();
}

void log_advice(const Core& core, const std::vector<Diagnostic>& advice) {
  for (const Diagnostic& one : advice) {
    core.log().text(one.severity == Severity::note ? LogLevel::info : LogLevel::warning,
                    one.text());
  }
}

/// What is odd about it is said, but not by the reference's name.
Config checked_config(const Core& core, const ConfigDocument& document) {
  std::vector<Diagnostic> advice;
  auto config = parse_config(document, faulty_values(core.mode()),
                             core.mode() == Mode::fairlead ? &advice : nullptr);
  log_advice(core, advice);
  return config;
}

/// The labels alone make the identity when there is no configuration to take it from.
Workspace without_configuration(Core& core, const Selection& selection) {
  Identity identity;
  if (!selection.id_labels.empty()) {
    identity = resolve_identity(ConfigDocument{}, selection.id_labels);
  }
  return {.document = {},
          .config = {},
          .identity = std::move(identity),
          .settings = core.settings(selection.workspace_folder, nullptr)};
}

ConfigDocument read(Core& core, const ReadOptions& options, const std::stop_token& stop) {
  return read_config(
      options, [&](const std::string& reference) { return fetch_base(core, reference, stop); });
}

/// There need be none.
void fetch_lockfile(const RemoteFolder& remote, const std::string& config,
                    const std::stop_token& stop) {
  try {
    remote.fetch(lockfile_path(config), stop);
  } catch (const Error& error) {
    if (error.code() != "host.folder_not_found") throw;
  }
}

std::shared_ptr<RemoteFolder> open_folder(Core& core, const Settings& usual,
                                          const RemotePlace& place, const std::stop_token& stop) {
  try {
    return std::make_shared<RemoteFolder>(core, core.host(usual), place, stop);
  } catch (const Error& error) {
    if (error.code() != "host.folder_not_found" || !is_clone_there(place)) throw;
    throw Error(Status::not_found, "git.not_cloned",
                "The repository has not been cloned on " + place.host + " yet.",
                "`fairlead up` with its address does that.");
  }
}

Workspace open_remote_workspace(Core& core, const Selection& selection, const RemotePlace& place,
                                const std::stop_token& stop) {
  const auto usual = core.settings(place.text(), nullptr);
  const bool by_folder = selection.container_id.empty() && selection.id_labels.empty();
  auto early = by_folder ? std::make_shared<EarlyList>(core, usual, place.folder, stop) : nullptr;
  auto remote = open_folder(core, usual, place, stop);
  auto options = read_options(core, selection);
  options.workspace_folder = remote->here(place.folder);
  if (!options.config.empty()) {
    const auto file =
        options.config.front() == '/' ? options.config : place.folder + '/' + options.config;
    remote->fetch(file, stop);
    fetch_lockfile(*remote, file, stop);
    options.config = remote->here(file);
  }
  options.environment = remote->environment();
  auto document = remote->there(read(core, options, stop));
  auto settings = core.settings(place.text(), &document);
  if (is_the_host(core, settings)) {
    options.own_place = true;
    document = remote->there(read(core, options, stop));
  }
  log_advice(core, document.advice);
  auto named = document;
  named.config_file = remote->there(named.config_file);
  auto identity = resolve_identity(named, selection.id_labels);
  auto config = checked_config(core, document);
  return {.document = std::move(document),
          .config = std::move(config),
          .identity = std::move(identity),
          .settings = std::move(settings),
          .remote = std::move(remote),
          .early = std::move(early),
          .synced = {},
          .cloned = is_clone_there(place)};
}

/// The folder of the host's that the settings name as the workspace; nothing: it is the one here.
std::optional<RemotePlace> folder_there(Core& core, const Settings& settings,
                                        const std::stop_token& stop) {
  const auto& folder = settings.text("remote_workspace_folder");
  if (folder.empty() || core.mode() == Mode::drop_in || settings.text("host") == "local" ||
      settings.text("content") == "sync") {
    return {};
  }
  if (folder.front() == '/') return parse_remote_place(settings.text("host") + folder);
  const auto home = core.host(settings)->describe(question(stop)).home;
  return parse_remote_place(settings.text("host") + home + '/' + folder);
}

/// Folders of this machine on an engine of another one, which others use as well. Whoever names the
/// folder there shares what is made of it.
std::string machine_of(const Core& core, const Settings& settings) {
  const bool elsewhere = core.mode() == Mode::fairlead && settings.text("host") != "local";
  return elsewhere && settings.text("remote_workspace_folder").empty() ? machine_key()
                                                                       : std::string();
}

/// What a synchronised folder's document means where it is used.
void translate(Core& core, const Selection& selection, const Settings& settings,
               const SyncedFolder& synced, ConfigDocument& document, const std::stop_token& stop) {
  auto options = read_options(core, selection);
  options.own_place = is_the_host(core, settings);
  const bool there = settings.text("initialize_on") == "host";
  if (there) options.environment = variables_there(*core.host(settings), stop);
  if (there || options.own_place) document = read(core, options, stop);
  document = synced.document_there(std::move(document));
}

}  // namespace

Workspace open_workspace(Core& core, const Selection& named, const std::stop_token& stop) {
  if (!names_a_configuration(named)) return without_configuration(core, named);
  const auto selection = with_clone(core, named, stop);
  if (const auto place = parse_remote_place(selection.workspace_folder)) {
    return open_remote_workspace(core, selection, *place, stop);
  }
  ConfigDocument document;
  try {
    document = read(core, read_options(core, selection), stop);
  } catch (const Error& error) {
    if (error.code() != "config.not_found") throw;
    const auto place = folder_there(core, core.settings({}, nullptr), stop);
    if (!place) throw;
    return open_remote_workspace(core, selection, *place, stop);
  }
  log_advice(core, document.advice);
  auto settings = core.settings(document.workspace.local_folder, &document);
  auto identity = of_machine(resolve_identity(document, selection.id_labels), document,
                             machine_of(core, settings));
  if (const auto place = folder_there(core, settings, stop)) {
    return open_remote_workspace(core, selection, *place, stop);
  }
  auto synced = synced_folder(core, settings, document, stop);
  if (synced) translate(core, selection, settings, *synced, document, stop);
  auto config = checked_config(core, document);
  return {.document = std::move(document),
          .config = std::move(config),
          .identity = std::move(identity),
          .settings = std::move(settings),
          .synced = std::move(synced)};
}

Workspace open_workspace_if_any(Core& core, const Selection& selection,
                                const std::stop_token& stop) {
  try {
    return open_workspace(core, selection, stop);
  } catch (const Error& error) {
    if (error.code() != "config.not_found") throw;
    return without_configuration(core, selection);
  }
}

Workspace open_workspace_if_readable(Core& core, const Selection& selection,
                                     const std::stop_token& stop) {
  try {
    return open_workspace(core, selection, stop);
  } catch (const Error& error) {
    if (!error.code().starts_with("config.") || error.code() == "config.not_found" ||
        error.code() == "config.several") {
      throw;
    }
    core.log().text(LogLevel::warning, "The configuration has a fault: " + error.message());
    const auto location = locate_config(read_options(core, with_clone(core, selection, stop)));
    ConfigDocument place;
    place.config_file = location.config_file;
    place.workspace.local_folder = location.workspace_folder;
    auto settings = core.settings(location.workspace_folder, nullptr);
    return {.document = {},
            .config = {},
            .identity = of_machine(resolve_identity(place, selection.id_labels), place,
                                   machine_of(core, settings)),
            .settings = std::move(settings)};
  }
}

Faulty faulty_values(Mode mode) { return mode == Mode::drop_in ? Faulty::ignore : Faulty::refuse; }

Workspace with_devcontainer_id(Workspace workspace) {
  if (!workspace.document) return workspace;
  workspace.document = substitute_devcontainer_id(std::move(*workspace.document),
                                                  workspace.identity.devcontainer_id);
  workspace.config =
      parse_config(*workspace.document, faulty_values(workspace.document->variables.mode));
  return workspace;
}

}  // namespace fairlead
