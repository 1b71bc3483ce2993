#pragma once

#include "command.hpp"

#include <array>

namespace fairlead::cli {

// What follows the commands that the reference does not have, and what help shows for them.

inline constexpr std::array validate_positionals = {
    Positional{.name = "path",
               .description = "Files, or folders of projects; without one the workspace folder.",
               .many = true}};
inline constexpr std::array attach_positionals = {
    Positional{.name = "container", .description = "Name or id; without it: what there is."}};
inline constexpr std::array cp_positionals = {
    Positional{.name = "source",
               .description = "A path here, [CONTAINER]:PATH, or - for a tar archive.",
               .required = true},
    Positional{.name = "destination", .description = "The same.", .required = true}};
inline constexpr std::array help_positionals = {
    Positional{.name = "command", .description = "The command to explain.", .many = true}};
inline constexpr std::array<std::string_view, 3> shells = {"bash", "zsh", "fish"};
inline constexpr std::array shell_positionals = {
    Positional{.name = "shell",
               .description = "The shell to write for.",
               .required = true,
               .choices = shells}};
inline constexpr std::array run_examples = {
    Example{"run -- make test", "bring the dev container up, run a command, remove what was made"},
    Example{"run --remote-env CI=1 ./run-tests", "a whole job in one command"}};
inline constexpr std::array shell_examples = {
    Example{"shell", "an interactive shell in the dev container of this folder"},
    Example{"shell --container-id 3f2a", "in another one"}};
inline constexpr std::array rebuild_examples = {
    Example{"rebuild", "make the container anew from the configuration as it is now"},
    Example{"rebuild --no-cache --pull", "from newer base images, running every step again"}};
inline constexpr std::array attach_examples = {
    Example{"attach", "what runs, to choose from"},
    Example{"attach database-1", "a shell in any running container"}};
inline constexpr std::array inspect_examples = {
    Example{"inspect", "everything about the dev container of this folder, as JSON"},
    Example{"inspect --container-id 3f2a", "about another one"}};
inline constexpr std::array cp_examples = {
    Example{"cp build/app :/usr/local/bin/", "into the dev container of this folder"},
    Example{"cp 3f2a:/var/log/. logs", "the content of a folder out of another container"},
    Example{"cp :/etc - | tar -t", "as an archive"}};
inline constexpr std::array prune_examples = {
    Example{"prune", "show what nothing needs any more, and ask"},
    Example{"prune --yes", "remove it without asking"}};
inline constexpr std::array doctor_examples = {
    Example{"doctor", "look for what keeps dev containers from working"},
    Example{"doctor --json", "the same for a script"}};
inline constexpr std::array list_examples = {
    Example{"list", "the dev containers that run"},
    Example{"list --all --json", "stopped ones too, as JSON"}};
inline constexpr std::array status_examples = {
    Example{"status", "what is there for the project in this folder"},
    Example{"status --workspace-folder ~/project --json", "for another one, as JSON"}};
inline constexpr std::array stop_examples = {
    Example{"stop", "stop the container of this folder; nothing is lost"},
    Example{"stop --workspace-folder ~/project", "of another folder"}};
inline constexpr std::array down_examples = {
    Example{"down", "remove the container; the project and named volumes stay"},
    Example{"down --volumes", "remove the volumes that it mounts as well"}};
inline constexpr std::array logs_positionals = {
    Positional{.name = "service", .description = "Another service of the environment's project."}};
inline constexpr std::array logs_examples = {
    Example{"logs", "what the container's main process has printed"},
    Example{"logs --follow --tail 20", "the last 20 lines, then everything that comes"},
    Example{"logs db", "what another service of its Compose project has printed"}};
inline constexpr std::array config_validate_examples = {
    Example{"config validate", "the configurations of the project in this folder"},
    Example{"config validate --strict services/* shared/devcontainer.json",
            "of many folders and files at once, warnings count as errors"}};
inline constexpr std::array completion_examples = {
    Example{"completion bash > ~/.local/share/bash-completion/completions/fairlead", "for bash"},
    Example{"completion zsh > ~/.zfunc/_fairlead", "for zsh, with ~/.zfunc in $fpath"},
    Example{"completion fish > ~/.config/fish/completions/fairlead.fish", "for fish"}};
inline constexpr std::array help_examples = {Example{"help up", "the options of 'up'"},
                                             Example{"help plugin list", "of a sub-command"}};

}  // namespace fairlead::cli
