#include "command.hpp"

#include "own_words.hpp"

#include <algorithm>
#include <array>

namespace fairlead::cli {
namespace {

constexpr std::array<std::string_view, 4> feature_queries = {"manifest", "tags", "dependencies",
                                                             "verbose"};
constexpr std::array<std::string_view, 3> shells = {"bash", "zsh", "fish"};

constexpr std::array build_positionals = {Positional{.name = "path", .description = "Not used."}};
constexpr std::array exec_positionals = {
    Positional{.name = "cmd", .description = "Command to run.", .required = true},
    Positional{.name = "args", .description = "Its arguments.", .many = true}};
constexpr std::array test_positionals = {
    Positional{.name = "target",
               .description = "Folder with 'src' and 'test'; replaced by --project-folder.",
               .default_value = "."}};
constexpr std::array target_positionals = {
    Positional{.name = "target",
               .description = "A collection's src folder, or the folder of a single one.",
               .required = true,
               .default_value = "."}};
constexpr std::array info_positionals = {
    Positional{.name = "mode",
               .description = "What to ask for; 'verbose' is everything.",
               .required = true,
               .choices = feature_queries},
    Positional{.name = "feature", .description = "Identifier of the Feature.", .required = true}};
constexpr std::array metadata_positionals = {Positional{
    .name = "templateId", .description = "Identifier of the Template.", .required = true}};
constexpr std::array shell_positionals = {Positional{.name = "shell",
                                                     .description = "The shell to write for.",
                                                     .required = true,
                                                     .choices = shells}};
constexpr std::array validate_positionals = {
    Positional{.name = "path",
               .description = "Files, or folders of projects; without one the workspace folder.",
               .many = true}};
constexpr std::array help_positionals = {
    Positional{.name = "command", .description = "The command to explain.", .many = true}};

constexpr std::array up_examples = {
    Example{"up", "bring up the project in this folder"},
    Example{"up --workspace-folder ~/project --backend docker", "another folder, on Docker"},
    Example{"up --remove-existing-container", "throw the container away and make a new one"}};
constexpr std::array set_up_examples = {
    Example{"set-up --container-id 3f2a", "make a dev container of a container that runs already"},
    Example{"set-up --container-id 3f2a --config devcontainer.json",
            "with the commands and settings of a file"}};
constexpr std::array build_examples = {
    Example{"build", "build the image of the project in this folder"},
    Example{"build --image-name team/project:dev --push", "name it and push it"}};
constexpr std::array user_commands_examples = {
    Example{"run-user-commands", "run what is still due of the lifecycle commands"},
    Example{"run-user-commands --skip-post-attach", "all but postAttachCommand"}};
constexpr std::array read_examples = {
    Example{"read-configuration", "print the configuration of this folder as JSON"},
    Example{"read-configuration --include-merged-configuration",
            "together with what its image and Features add"}};
constexpr std::array outdated_examples = {
    Example{"outdated", "which Features have newer versions"},
    Example{"outdated --output-format json", "the same for a script"}};
constexpr std::array upgrade_examples = {
    Example{"upgrade", "bring the lockfile up to date"},
    Example{"upgrade --dry-run", "print what it would become"}};
constexpr std::array exec_examples = {
    Example{"exec bash", "a shell in the dev container of this folder"},
    Example{"exec -- make -j4 test", "run a command with flags of its own"},
    Example{"exec --remote-env CI=1 ./run-tests", "with one more environment variable"}};
constexpr std::array run_examples = {
    Example{"run -- make test", "bring the dev container up, run a command, remove what was made"},
    Example{"run --remote-env CI=1 ./run-tests", "a whole job in one command"}};
constexpr std::array shell_examples = {
    Example{"shell", "an interactive shell in the dev container of this folder"},
    Example{"shell --container-id 3f2a", "in another one"}};
constexpr std::array list_examples = {Example{"list", "the dev containers that run"},
                                      Example{"list --all --json", "stopped ones too, as JSON"}};
constexpr std::array status_examples = {
    Example{"status", "what is there for the project in this folder"},
    Example{"status --workspace-folder ~/project --json", "for another one, as JSON"}};
constexpr std::array stop_examples = {
    Example{"stop", "stop the container of this folder; nothing is lost"},
    Example{"stop --workspace-folder ~/project", "of another folder"}};
constexpr std::array down_examples = {
    Example{"down", "remove the container; the project and named volumes stay"},
    Example{"down --volumes", "remove the volumes that belong to it as well"}};
constexpr std::array logs_examples = {
    Example{"logs", "what the container's main process has printed"},
    Example{"logs --follow --tail 20", "the last 20 lines, then everything that comes"}};
constexpr std::array config_validate_examples = {
    Example{"config validate", "the configurations of the project in this folder"},
    Example{"config validate --strict services/* shared/devcontainer.json",
            "of many folders and files at once, warnings count as errors"}};
constexpr std::array completion_examples = {
    Example{"completion bash > ~/.local/share/bash-completion/completions/fairlead", "for bash"},
    Example{"completion zsh > ~/.zfunc/_fairlead", "for zsh, with ~/.zfunc in $fpath"},
    Example{"completion fish > ~/.config/fish/completions/fairlead.fish", "for fish"}};
constexpr std::array help_examples = {Example{"help up", "the options of 'up'"},
                                      Example{"help plugin list", "of a sub-command"}};

using enum CommandId;

constexpr std::array table = {
    Command{.id = up,
            .parent = top,
            .name = "up",
            .purpose = "Create and run dev container",
            .implemented = true,
            .examples = up_examples},
    Command{.id = set_up,
            .parent = top,
            .name = "set-up",
            .purpose = "Set up an existing container as a dev container",
            .implemented = true,
            .examples = set_up_examples},
    Command{.id = build,
            .parent = top,
            .name = "build",
            .purpose = "Build a dev container image",
            .implemented = true,
            .positionals = build_positionals,
            .examples = build_examples},
    Command{.id = run_user_commands,
            .parent = top,
            .name = "run-user-commands",
            .purpose = "Run user commands",
            .implemented = true,
            .examples = user_commands_examples},
    Command{.id = read_configuration,
            .parent = top,
            .name = "read-configuration",
            .purpose = "Read configuration",
            .implemented = true,
            .examples = read_examples},
    Command{.id = outdated,
            .parent = top,
            .name = "outdated",
            .purpose = "Show current and available versions",
            .examples = outdated_examples},
    Command{.id = upgrade,
            .parent = top,
            .name = "upgrade",
            .purpose = "Upgrade lockfile",
            .examples = upgrade_examples},
    Command{.id = features,
            .parent = top,
            .name = "features",
            .purpose = "Features commands",
            .group = true},
    Command{.id = features_test,
            .parent = features,
            .name = "test",
            .purpose = "Test Features",
            .positionals = test_positionals},
    Command{.id = features_package,
            .parent = features,
            .name = "package",
            .purpose = "Package Features",
            .positionals = target_positionals},
    Command{.id = features_publish,
            .parent = features,
            .name = "publish",
            .purpose = "Package and publish Features",
            .positionals = target_positionals},
    Command{.id = features_info,
            .parent = features,
            .name = "info",
            .purpose = "Fetch metadata for a published Feature",
            .positionals = info_positionals},
    Command{.id = features_resolve_dependencies,
            .parent = features,
            .name = "resolve-dependencies",
            .purpose = "Read and resolve dependency graph from a configuration"},
    Command{.id = features_generate_docs,
            .parent = features,
            .name = "generate-docs",
            .purpose = "Generate documentation"},
    Command{.id = templates,
            .parent = top,
            .name = "templates",
            .purpose = "Templates commands",
            .group = true},
    Command{.id = templates_apply,
            .parent = templates,
            .name = "apply",
            .purpose = "Apply a template to the project"},
    Command{.id = templates_publish,
            .parent = templates,
            .name = "publish",
            .purpose = "Package and publish templates",
            .positionals = target_positionals},
    Command{.id = templates_metadata,
            .parent = templates,
            .name = "metadata",
            .purpose = "Fetch a published Template's metadata",
            .positionals = metadata_positionals},
    Command{.id = templates_generate_docs,
            .parent = templates,
            .name = "generate-docs",
            .purpose = "Generate documentation"},
    Command{.id = exec,
            .parent = top,
            .name = "exec",
            .purpose = "Execute a command on a running dev container",
            .implemented = true,
            .positionals = exec_positionals,
            .examples = exec_examples},
    Command{.id = run,
            .parent = top,
            .name = "run",
            .purpose = "Bring a dev container up, run a command in it, and remove it",
            .own = true,
            .implemented = true,
            .positionals = exec_positionals,
            .examples = run_examples},
    Command{.id = shell,
            .parent = top,
            .name = "shell",
            .purpose = "Open the user's shell in a dev container",
            .own = true,
            .implemented = true,
            .examples = shell_examples},
    Command{.id = list,
            .parent = top,
            .name = "list",
            .purpose = "List dev containers",
            .own = true,
            .implemented = true,
            .examples = list_examples},
    Command{.id = status,
            .parent = top,
            .name = "status",
            .purpose = "Show what exists for a workspace",
            .own = true,
            .implemented = true,
            .examples = status_examples},
    Command{.id = stop,
            .parent = top,
            .name = "stop",
            .purpose = "Stop a workspace's dev container",
            .own = true,
            .implemented = true,
            .examples = stop_examples},
    Command{.id = down,
            .parent = top,
            .name = "down",
            .purpose = "Remove a workspace's dev container",
            .own = true,
            .implemented = true,
            .examples = down_examples},
    Command{.id = logs,
            .parent = top,
            .name = "logs",
            .purpose = "Show a dev container's own output",
            .own = true,
            .implemented = true,
            .examples = logs_examples},
    Command{.id = plugin,
            .parent = top,
            .name = "plugin",
            .purpose = "Look at plugins",
            .own = true,
            .implemented = true,
            .group = true},
    Command{.id = plugin_list,
            .parent = plugin,
            .name = "list",
            .purpose = "List the plugins that were found",
            .own = true,
            .implemented = true,
            .examples = plugin_list_examples},
    Command{.id = plugin_info,
            .parent = plugin,
            .name = "info",
            .purpose = "Show one plugin's abilities and settings",
            .own = true,
            .implemented = true,
            .positionals = plugin_positionals,
            .examples = plugin_info_examples},
    Command{.id = config,
            .parent = top,
            .name = "config",
            .purpose = "Look at settings and configurations",
            .own = true,
            .implemented = true,
            .group = true},
    Command{.id = config_show,
            .parent = config,
            .name = "show",
            .purpose = "Show the settings in force",
            .own = true,
            .implemented = true,
            .examples = config_show_examples},
    Command{.id = config_validate,
            .parent = config,
            .name = "validate",
            .purpose = "Check configurations without an engine",
            .own = true,
            .implemented = true,
            .positionals = validate_positionals,
            .examples = config_validate_examples},
    Command{.id = cache,
            .parent = top,
            .name = "cache",
            .purpose = "Look after the cache of features and templates",
            .own = true,
            .implemented = true,
            .group = true},
    Command{.id = cache_show,
            .parent = cache,
            .name = "show",
            .purpose = "List what is in the cache",
            .own = true,
            .implemented = true,
            .examples = cache_show_examples},
    Command{.id = cache_prune,
            .parent = cache,
            .name = "prune",
            .purpose = "Remove what was not used for long",
            .own = true,
            .implemented = true,
            .examples = cache_prune_examples},
    Command{.id = cache_export,
            .parent = cache,
            .name = "export",
            .purpose = "Write what is in the cache into a file",
            .own = true,
            .implemented = true,
            .positionals = cache_export_positionals,
            .examples = cache_export_examples},
    Command{.id = cache_import,
            .parent = cache,
            .name = "import",
            .purpose = "Add what such a file holds",
            .own = true,
            .implemented = true,
            .positionals = cache_import_positionals,
            .examples = cache_import_examples},
    Command{.id = completion,
            .parent = top,
            .name = "completion",
            .purpose = "Write a shell's completion script",
            .own = true,
            .implemented = true,
            .positionals = shell_positionals,
            .examples = completion_examples},
    Command{.id = help,
            .parent = top,
            .name = "help",
            .purpose = "Explain a command",
            .own = true,
            .implemented = true,
            .positionals = help_positionals,
            .examples = help_examples},
};

}  // namespace

std::span<const Command> all_commands() { return table; }

const Command& command_of(CommandId id) {
  return *std::find_if(table.begin(), table.end(), [id](const Command& c) { return c.id == id; });
}

const Command* find_command(std::string_view name, CommandId parent, Mode mode) {
  const auto* found = std::find_if(table.begin(), table.end(), [&](const Command& command) {
    return command.parent == parent && command.name == name &&
           (mode == Mode::fairlead || !command.own);
  });
  return found == table.end() ? nullptr : found;
}

bool is_offered(const Command& command, Mode mode) {
  if (command.own && mode == Mode::drop_in) return false;
  if (!command.group) return command.implemented;
  return std::any_of(table.begin(), table.end(), [&](const Command& member) {
    return member.parent == command.id && is_offered(member, mode);
  });
}

std::string command_path(CommandId id) {
  if (id == top) return {};
  const Command& command = command_of(id);
  const std::string parent = command_path(command.parent);
  return parent.empty() ? std::string(command.name) : parent + ' ' + std::string(command.name);
}

}  // namespace fairlead::cli
