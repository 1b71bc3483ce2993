#include "commands/options.hpp"

namespace fairlead::cli {
namespace {

UserEnvProbe probe_of(const std::string& name) {
  if (name == "none") return UserEnvProbe::none;
  if (name == "loginShell") return UserEnvProbe::login_shell;
  if (name == "interactiveShell") return UserEnvProbe::interactive_shell;
  return UserEnvProbe::login_interactive_shell;
}

bool makes_container(CommandId id) {
  return id == CommandId::up || id == CommandId::run || id == CommandId::rebuild;
}

/// Whether the first word is a workspace.
bool takes_workspace(CommandId id) {
  const auto words = command_of(id).positionals;
  return !words.empty() && words.front().own;
}

std::string workspace_of(const Arguments& arguments) {
  const auto word = takes_workspace(arguments.command()) ? arguments.positional(0) : std::string();
  if (!word.empty() && arguments.text_if("workspace-folder")) {
    throw Error(Status::invalid, "arguments.twice",
                "The workspace is named twice: '" + word + "' and --workspace-folder.");
  }
  return word.empty() ? arguments.text("workspace-folder") : word;
}

bool names_something(const Arguments& arguments) {
  return !workspace_of(arguments).empty() || !arguments.list("id-label").empty() ||
         arguments.text_if("container-id") ||
         (makes_container(arguments.command()) && arguments.text_if("override-config"));
}

Environment environment_of(const Arguments& arguments) {
  const auto* caller = arguments.caller();
  return caller != nullptr && caller->environment ? *caller->environment : capture_environment();
}

Labels labels_of(const std::vector<std::string>& words) {
  Labels labels;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    labels[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return labels;
}

/// The reference tells Podman by its command and then does things Podman's way.
void choose_client(CoreOptions& options, const std::string& path) {
  if (std::filesystem::path(path).filename().string().find("podman") == std::string::npos) {
    options.assignments.push_back("plugins.docker.docker_path=" + path);
    options.assignments.push_back("plugins.compose.docker_path=" + path);
    return;
  }
  if (!options.backend) options.backend = "podman";
  options.assignments.push_back("plugins.podman.podman_path=" + path);
  options.assignments.push_back("plugins.compose.podman_path=" + path);
  options.assignments.emplace_back("plugins.compose.engine=podman");
}

}  // namespace

CoreOptions core_options(const Arguments& arguments) {
  CoreOptions options{.mode = arguments.mode() == Mode::drop_in ? fairlead::Mode::drop_in
                                                                : fairlead::Mode::fairlead,
                      .environment = environment_of(arguments),
                      .working_directory = arguments.working_directory(),
                      .plugin_path = arguments.list("plugin-path"),
                      .assignments = arguments.list("set"),
                      .backend = arguments.text_if("backend"),
                      .host = arguments.text_if("host"),
                      .auth_hardening = arguments.flag("oci-auth-hardening"),
                      .auth_hosts = arguments.list("allow-cross-origin-auth-host"),
                      .trust = arguments.flag("trust")};
  if (options.mode == fairlead::Mode::fairlead && arguments.flag("offline")) {
    options.assignments.emplace_back("offline=true");
  }
  // The reference's flag names a docker command; the plugin that uses one has a setting for it.
  const auto path = arguments.text_if("docker-path");
  if (path && arguments.given("docker-path")) choose_client(options, *path);
  const auto compose = arguments.text_if("docker-compose-path");
  if (compose && arguments.given("docker-compose-path")) {
    options.assignments.push_back("plugins.compose.compose_path=" + *compose);
  }
  if (const auto content = arguments.text_if("content")) {
    options.assignments.push_back("content=" + *content);
  }
  if (const auto folder = arguments.text_if("remote-workspace-folder")) {
    options.assignments.push_back("remote_workspace_folder=" + *folder);
  }
  if (arguments.flag("no-lockfile")) options.assignments.emplace_back("lockfile=off");
  if (arguments.flag("frozen-lockfile") || arguments.flag("experimental-frozen-lockfile")) {
    options.assignments.emplace_back("lockfile=frozen");
  }
  return options;
}

Selection selection_of(const Arguments& arguments) {
  Selection selection{
      .workspace_folder = workspace_of(arguments),
      .config = arguments.text("config"),
      .override_config = arguments.text("override-config"),
      .id_labels = arguments.list("id-label"),
      .container_id = arguments.text("container-id"),
      .mount_workspace_git_root = !arguments.given("mount-workspace-git-root") ||
                                  arguments.flag("mount-workspace-git-root"),
      .mount_git_worktree_common_dir = arguments.flag("mount-git-worktree-common-dir")};
  if (arguments.command() == CommandId::exec) selection.service = arguments.text("service");
  if (arguments.command() == CommandId::logs) selection.service = arguments.positional(0);
  if (!names_something(arguments)) {
    selection.workspace_folder = arguments.working_directory();
  }
  return selection;
}

RemoteEnvironmentOptions remote_options(const Arguments& arguments) {
  return {.remote_env = arguments.list("remote-env"),
          .default_user_env_probe = probe_of(arguments.text("default-user-env-probe")),
          .container_data_folder = arguments.text("container-data-folder"),
          .container_system_data_folder = arguments.text("container-system-data-folder"),
          .container_session_data_folder = arguments.text("container-session-data-folder")};
}

LifecycleOptions lifecycle_options(const Arguments& arguments) {
  return {.skip_all = arguments.flag("skip-post-create"),
          .skip_non_blocking = arguments.flag("skip-non-blocking-commands"),
          .skip_post_attach = arguments.flag("skip-post-attach"),
          .prebuild = arguments.flag("prebuild"),
          .stop_for_personalization = arguments.flag("stop-for-personalization"),
          .dotfiles = {.repository = arguments.text("dotfiles-repository"),
                       .install_command = arguments.text("dotfiles-install-command"),
                       .target_path = arguments.text("dotfiles-target-path")}};
}

BuildOptions build_options(const Arguments& arguments) {
  return {
      .builder = arguments.text("buildkit") == "never" ? Builder::classic : Builder::automatic,
      .no_cache = arguments.flag("build-no-cache") || arguments.flag("no-cache"),
      .pull = arguments.flag("pull"),
      .cache_from = arguments.list("cache-from"),
      .cache_to = arguments.text("cache-to"),
      .additional_features = arguments.text("additional-features"),
      .image_names = arguments.list("image-name"),
      .labels = labels_of(arguments.list("label")),
      .platform = arguments.text("platform"),
      .output = arguments.text("output"),
      .push = arguments.flag("push"),
      .omit_syntax_directive = arguments.flag("omit-syntax-directive"),
      .omit_feature_customizations = arguments.flag("skip-persisting-customizations-from-features"),
      .omit_remote_env = arguments.flag("omit-config-remote-env-from-metadata"),
      .secrets = arguments.list("secret")};
}

}  // namespace fairlead::cli
