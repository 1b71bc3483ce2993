// The flag matrix. Order matters: for every command, its rows from top to bottom are the order of
// the reference's help, which is why a few names stand in two places.
#include "flag.hpp"

#include <array>

namespace fairlead::cli {
namespace {

using Choices = std::span<const std::string_view>;
using enum CommandId;
using FlagType::boolean;
using FlagType::each;
using FlagType::number;
using FlagType::text;
using G = FlagGroup;

constexpr std::array<std::string_view, 3> consistencies = {"consistent", "cached", "delegated"};
constexpr std::array<std::string_view, 3> availabilities = {"all", "detect", "none"};
constexpr std::array<std::string_view, 3> log_levels = {"info", "debug", "trace"};
constexpr std::array<std::string_view, 4> all_log_levels = {"error", "info", "debug", "trace"};
constexpr std::array<std::string_view, 3> ways_inside = {"engine", "relay", "auto"};
constexpr std::array<std::string_view, 2> formats = {"text", "json"};
constexpr std::array<std::string_view, 4> probes = {"none", "loginInteractiveShell",
                                                    "interactiveShell", "loginShell"};
constexpr std::array<std::string_view, 3> uid_choices = {"never", "on", "off"};
constexpr std::array<std::string_view, 2> buildkit_choices = {"auto", "never"};

constexpr CommandMask mask() { return 0; }
template <class... Rest>
constexpr CommandMask mask(CommandId first, Rest... rest) {
  return bit(first) | mask(rest...);
}

constexpr CommandMask everywhere = ~CommandMask{0};
constexpr CommandMask ups = mask(up, run, rebuild);
constexpr CommandMask inside = mask(exec, run, shell, attach);
constexpr CommandMask lookup = mask(run_user_commands, read_configuration, exec, shell);
constexpr CommandMask forwarding = mask(ports, forward, unforward);
constexpr CommandMask own_lookup = mask(status, stop, down, logs, inspect, cp, sync) | forwarding;
constexpr CommandMask own_reading = mask(config_show, config_explain, config_migrate);
constexpr CommandMask building = ups | bit(build);
constexpr CommandMask hooked = ups | mask(set_up, run_user_commands);
constexpr CommandMask containers = ups | mask(set_up, build) | lookup;
constexpr CommandMask folders = ups | bit(build) | lookup;
constexpr CommandMask terminals = ups | mask(set_up, outdated, attach) | lookup;
constexpr CommandMask distributing =
    mask(features_test, features_package, features_publish, features_info, features_generate_docs,
         templates_apply, templates_publish, templates_metadata, templates_generate_docs);
constexpr CommandMask publishing =
    mask(features_publish, features_generate_docs, templates_publish);
constexpr CommandMask documenting = mask(features_generate_docs, templates_generate_docs);

constexpr Flag switch_(std::string_view name, FlagGroup group, CommandMask commands,
                       std::string_view description, char letter = '\0') {
  return Flag{name, boolean, group, commands, description, {}, "false", true, letter};
}
constexpr Flag text_(std::string_view name, FlagGroup group, CommandMask commands,
                     std::string_view description, ValueKind value = ValueKind::text) {
  Flag flag{name, text, group, commands, description};
  flag.value = value;
  return flag;
}
constexpr Flag choice_(std::string_view name, FlagGroup group, CommandMask commands,
                       std::string_view description, Choices choices,
                       std::string_view standard = {}) {
  return Flag{name, text, group, commands, description, choices, standard, true};
}
constexpr Flag number_(std::string_view name, FlagGroup group, CommandMask commands,
                       std::string_view description) {
  return Flag{name, number, group, commands, description};
}
constexpr Flag lettered(char letter, Flag flag) {
  flag.letter = letter;
  return flag;
}
constexpr Flag standard(std::string_view value, Flag flag) {
  flag.default_value = value;
  flag.has_default = true;
  return flag;
}
constexpr Flag many(Flag flag) {
  flag.repeatable = true;
  return flag;
}
constexpr Flag each_(Flag flag) {
  flag.type = each;
  flag.repeatable = true;
  return flag;
}
constexpr Flag hidden(Flag flag) {
  flag.hidden = true;
  return flag;
}
constexpr Flag required(Flag flag) {
  flag.required = true;
  return flag;
}
constexpr Flag own(Flag flag) {
  flag.own = true;
  return flag;
}
constexpr Flag plain(std::string_view name, FlagGroup group, CommandMask commands,
                     std::string_view description) {
  return Flag{name, boolean, group, commands, description};
}

constexpr auto file = ValueKind::file;
constexpr auto folder = ValueKind::folder;

constexpr std::string_view log_level_help =
    "How much of the log is shown; JSON output is never filtered.";
constexpr std::string_view config_help =
    "The devcontainer.json to use. Without it: .devcontainer/devcontainer.json, then "
    ".devcontainer.json in the workspace folder.";
constexpr std::string_view folder_help =
    "The workspace folder, in which the configuration is looked up; the current folder unless the "
    "workspace or container is named otherwise.";

constexpr std::array table = {
    plain("help", G::general, everywhere, "Show help"),
    plain("version", G::general, everywhere, "Show version number"),
    switch_("oci-auth-hardening", G::features, everywhere,
            "Send registry credentials and follow token redirects only within a registry's host."),
    each_(text_("allow-cross-origin-auth-host", G::features, everywhere,
                "With --oci-auth-hardening: let a registry authenticate at another host. Format: "
                "<registry-host>=<auth-host>.")),
    own(text_("backend", G::engine, everywhere, "The runtime to use, by name.")),
    own(text_("host", G::engine, everywhere, "Where the runtime works: local, or ssh://...")),
    own(each_(text_("set", G::general, everywhere, "Override one setting. Format: key=value."))),
    own(each_(text_("plugin-path", G::general, everywhere, "One more folder of plugins.", folder))),
    own(switch_("offline", G::features, everywhere,
                "Fetch no features or templates: take them from the cache alone.")),
    own(switch_("quiet", G::output, everywhere & ~bit(features_test), "Show errors only.")),
    own(switch_("verbose", G::output, everywhere, "Show every step and its output.")),
    own(switch_("no-color", G::output, everywhere, "No colours, even on a terminal.")),
    own(switch_("json", G::output, everywhere, "Write the result as JSON.")),

    own(switch_("describe", G::output, mask(serve), "Print the OpenRPC description and end.")),
    own(switch_("socket", G::general, mask(serve), "Serve many clients, on a socket of your own.")),
    own(hidden(switch_("page", G::output, mask(serve), "Print the reference page and end."))),
    text_("user-data-folder", G::workspace, mask(build, outdated) | lookup,
          "Folder on this machine that keeps data between sessions.", folder),
    text_("docker-path", G::engine, containers, "The docker command to use.", file),
    text_("docker-compose-path", G::engine, folders, "The docker-compose command to use.", file),
    text_("container-data-folder", G::container, hooked | inside,
          "Folder in the container for the user's data.", folder),
    text_("container-system-data-folder", G::container, hooked | inside,
          "Folder in the container for the system's data.", folder),
    text_("workspace-folder", G::workspace, folders | mask(outdated, config_validate) | own_lookup,
          folder_help, folder),
    own(text_("workspace-folder", G::workspace, own_reading | bit(config_list), folder_help,
              folder)),
    choice_("workspace-mount-consistency", G::workspace, ups,
            "Consistency of the workspace mount where an engine knows it.", consistencies,
            "cached"),
    choice_("gpu-availability", G::container, ups,
            "Whether there are GPUs, in case the configuration asks for any.", availabilities,
            "detect"),
    standard("true", switch_("mount-workspace-git-root", G::workspace, ups | lookup,
                             "Mount the root of the Git repository that the workspace is in.")),
    switch_("mount-git-worktree-common-dir", G::workspace, ups | lookup,
            "Mount a Git worktree's common folder too (needs a worktree with relative paths)."),
    required(text_("container-id", G::container, bit(set_up), "Id of the container.")),
    text_("container-id", G::container, lookup | own_lookup, "Id of the container."),
    many(text_(
        "id-label", G::container, ups | lookup | own_lookup,
        "Label by which the container is found, name=value; up gives it to a new one. Without "
        "it: derived from the workspace folder.")),
    text_("config", G::workspace, folders | mask(set_up, outdated) | own_lookup, config_help, file),
    own(text_("config", G::workspace, own_reading, config_help, file)),
    own(text_("override-config", G::workspace, bit(config_explain),
              "A devcontainer.json that is read instead of the workspace's.", file)),
    text_("override-config", G::workspace, ups | lookup,
          "A devcontainer.json that is read instead of the workspace's.", file),
    choice_("output-format", G::output, bit(outdated), "Format of the output.", formats, "text"),
    choice_("log-level", G::output, containers | mask(outdated, attach) | own_lookup,
            log_level_help, log_levels, "info"),
    choice_("log-format", G::output, containers | mask(outdated, attach) | own_lookup,
            "Format of the log.", formats, "text"),
    number_("terminal-columns", G::output, terminals, "Width of the terminal to render for."),
    number_("terminal-rows", G::output, terminals, "Height of the terminal to render for."),
    switch_("no-cache", G::image, bit(build), "Build without the cache."),
    many(text_("image-name", G::image, bit(build), "Name for the image.")),
    choice_("default-user-env-probe", G::lifecycle, hooked | inside,
            "How the user's environment is read when the configuration does not say.", probes,
            "loginInteractiveShell"),
    choice_(
        "update-remote-user-uid-default", G::container, ups,
        "Whether the remote user gets the local user's ids when the configuration does not say.",
        uid_choices, "on"),
    switch_("remove-existing-container", G::container, ups,
            "Remove the container first if there is one."),
    switch_("build-no-cache", G::image, ups, "Build a missing image without the cache."),
    switch_("expect-existing-container", G::container, ups, "Fail if there is no container."),
    switch_("skip-post-create", G::lifecycle, ups | bit(set_up),
            "Run no lifecycle commands and install no dotfiles."),
    switch_("skip-non-blocking-commands", G::lifecycle, hooked,
            "Stop after the lifecycle command that waitFor names."),
    switch_("prebuild", G::lifecycle, ups | bit(run_user_commands),
            "Stop after onCreateCommand and updateContentCommand, running the latter again."),
    switch_("stop-for-personalization", G::lifecycle, bit(run_user_commands),
            "Stop before dotfiles are installed."),
    text_("user-data-folder", G::workspace, ups | bit(set_up),
          "Folder on this machine that keeps data between sessions.", folder),
    many(text_("mount", G::container, ups,
               "One more mount. Format: "
               "type=<bind|volume>,source=<source>,target=<target>[,external=<true|false>]")),
    many(text_("remote-env", G::lifecycle, hooked | inside,
               "Environment variable for commands, name=value.")),
    many(text_("cache-from", G::image, building, "An image to take layers from.")),
    text_("cache-to", G::image, building, "Where BuildKit leaves its cache."),
    choice_("buildkit", G::image, building, "Whether BuildKit builds.", buildkit_choices, "auto"),
    text_("platform", G::image, bit(build), "Target platforms."),
    switch_("push", G::image, bit(build), "Push the image to its registry."),
    many(text_("label", G::image, bit(build), "Label for the image, key=value.")),
    text_("output", G::image, bit(build), "Where the image goes, as buildx's --output says it."),
    switch_("include-features-configuration", G::output, bit(read_configuration),
            "Print the Features' configuration too."),
    switch_("include-merged-configuration", G::output, bit(read_configuration),
            "Print the merged configuration too."),
    text_("additional-features", G::features, building | bit(read_configuration),
          "More Features, as JSON like the configuration's \"features\"."),
    switch_("skip-post-attach", G::lifecycle, ups | bit(run_user_commands),
            "Do not run postAttachCommand."),
    text_("dotfiles-repository", G::lifecycle, hooked, "Git URL of a dotfiles repository."),
    text_("dotfiles-install-command", G::lifecycle, hooked,
          "Command to run in the cloned dotfiles; without it the repository's install script."),
    standard("~/dotfiles", text_("dotfiles-target-path", G::lifecycle, hooked,
                                 "Folder in the container to clone the dotfiles to.", folder)),
    text_("container-session-data-folder", G::container, hooked,
          "Folder in the container to keep the probed environment in.", folder),
    text_("secrets-file", G::lifecycle, ups | bit(run_user_commands),
          "JSON file of secret environment variables.", file),
    switch_("no-lockfile", G::features, building, "Neither write nor check the lockfile."),
    switch_("frozen-lockfile", G::features, building,
            "Fail unless the lockfile is there and stays as it is."),
    switch_("include-configuration", G::output, ups | bit(set_up),
            "Put the configuration into the result."),
    switch_("include-merged-configuration", G::output, ups | bit(set_up),
            "Put the merged configuration into the result."),

    hidden(switch_("skip-feature-auto-mapping", G::features, folders, "Keep old Feature ids.")),
    hidden(switch_("omit-config-remote-env-from-metadata", G::image, ups,
                   "Leave remoteEnv out of the image's metadata.")),
    hidden(switch_("experimental-lockfile", G::features, building, "Deprecated.")),
    hidden(switch_("experimental-frozen-lockfile", G::features, building, "Deprecated.")),
    hidden(switch_("omit-syntax-directive", G::image, building, "No syntax line in Dockerfiles.")),
    hidden(switch_("skip-persisting-customizations-from-features", G::image, bit(build),
                   "Leave the Features' customizations out of the image's metadata.")),

    text_("workspace-folder", G::workspace, bit(upgrade), folder_help, folder),
    standard("docker", text_("docker-path", G::engine, bit(upgrade), "The docker command.", file)),
    standard("docker-compose", text_("docker-compose-path", G::engine, bit(upgrade),
                                     "The docker-compose command.", file)),
    text_("config", G::workspace, bit(upgrade), config_help, file),
    choice_("log-level", G::output, bit(upgrade), log_level_help, all_log_levels, "info"),
    plain("dry-run", G::output, bit(upgrade), "Print the lockfile instead of writing it."),
    lettered('f', hidden(text_("feature", G::features, bit(upgrade), "The Feature to upgrade."))),
    lettered('v', hidden(text_("target-version", G::features, bit(upgrade), "Its new version."))),

    lettered('p',
             standard(".", text_("project-folder", G::workspace, bit(features_test) | documenting,
                                 "Folder with the 'src' and 'test' folders.", folder))),
    lettered('f', Flag{"features", FlagType::list, G::features, bit(features_test),
                       "The Features to test."}),
    text_("filter", G::features, bit(features_test),
          "Run only scenarios whose name contains this."),
    switch_("global-scenarios-only", G::features, bit(features_test), "Run global scenarios only."),
    switch_("skip-scenarios", G::features, bit(features_test), "Run no scenarios."),
    switch_("skip-autogenerated", G::features, bit(features_test), "Run no generated tests."),
    switch_("skip-duplicated", G::features, bit(features_test), "Run no duplicate tests."),
    switch_("permit-randomization", G::features, bit(features_test), "Let tests use chance."),
    lettered('i', standard("ubuntu:focal", text_("base-image", G::image, bit(features_test),
                                                 "The image to test on."))),
    lettered('u', text_("remote-user", G::container, bit(features_test), "The user to test as.")),
    lettered('o', standard("./output", text_("output-folder", G::output, bit(features_package),
                                             "Where the packages go.", folder))),
    switch_("force-clean-output-folder", G::output, bit(features_package),
            "Empty the output folder first.", 'f'),
    lettered('r', standard("ghcr.io", text_("registry", G::features, publishing, "The registry."))),
    lettered('n', required(text_("namespace", G::features, publishing,
                                 "The collection's name, <owner>/<repo>."))),
    standard("", text_("github-owner", G::output, documenting, "GitHub owner for links.")),
    standard("", text_("github-repo", G::output, documenting, "GitHub repository for links.")),
    lettered('w',
             text_("workspace-folder", G::workspace, bit(templates_apply), folder_help, folder)),
    lettered('t', required(text_("template-id", G::features, bit(templates_apply),
                                 "The Template to apply."))),
    lettered('a', standard("{}", text_("template-args", G::features, bit(templates_apply),
                                       "The Template's options, as JSON."))),
    lettered('f', standard("[]", text_("features", G::features, bit(templates_apply),
                                       "Features to add, as JSON."))),
    choice_("log-level", G::output, distributing, log_level_help, log_levels, "info"),
    choice_("log-level", G::output, bit(features_resolve_dependencies), log_level_help,
            all_log_levels, "error"),
    text_("workspace-folder", G::workspace, bit(features_resolve_dependencies), folder_help,
          folder),
    choice_("output-format", G::output, bit(features_info), "Format of the output.", formats,
            "text"),
    switch_("preserve-test-containers", G::container, bit(features_test), "Keep the containers."),
    switch_("quiet", G::output, bit(features_test), "Less output.", 'q'),
    text_("tmp-dir", G::output, bit(templates_apply), "Folder for temporary files.", folder),
    standard("[]", text_("omit-paths", G::features, bit(templates_apply),
                         "Paths of the Template to leave out, as JSON.")),

    own(switch_("wait", G::lifecycle, mask(up, rebuild),
                "Wait for all lifecycle commands, not only up to the one that waitFor names.")),
    own(hidden(
        number_("rest-fd", G::lifecycle, bit(run_user_commands), "The lock that up handed over."))),
    own(lettered('a', switch_("all", G::container, bit(list), "Stopped ones too."))),
    own(switch_("volumes", G::container, bit(down),
                "Remove the volumes that it mounts, unless another container does.")),
    own(switch_("images", G::image, bit(down),
                "Remove the images that were built for the workspace.")),
    own(text_("content", G::workspace, ups | bit(build),
              "How the workspace gets in: auto, bind, volume, clone or sync.")),
    own(text_("remote-workspace-folder", G::workspace, ups | bit(build) | lookup | own_lookup,
              "A folder on the host: the workspace, or with --content sync where its copy is.")),
    own(many(text_("image-name", G::image, mask(up, rebuild),
                   "With --prebuild: a name for an image of what the container has then."))),
    own(switch_("prebuild", G::lifecycle, bit(build),
                "Name an image of what onCreateCommand and updateContentCommand made.")),
    own(switch_("trust", G::workspace, ups | bit(build),
                "Allow, unasked, what the configuration wants of this machine.")),
    own(lettered('y', switch_("yes", G::general,
                              mask(prune, plugin_add, plugin_remove, plugin_enable, plugin_disable),
                              "Do it without asking."))),
    own(plain("dry-run", G::general, bit(prune), "Only show what would be removed.")),
    own(switch_("rebuild-if-changed", G::container, bit(up),
                "Make the container anew if its configuration has changed.")),
    own(switch_("no-cache", G::image, bit(rebuild), "Build without the cache.")),
    own(many(text_("secret", G::image, building,
                   "A secret for RUN --mount=type=secret. Format: id=<name>,env=<variable> or "
                   "id=<name>,src=<file>"))),
    own(switch_("pull", G::image, bit(rebuild), "Ask the registry for newer base images.")),
    own(text_("service", G::container, bit(exec), "Another service of the environment's project.")),
    own(choice_("via", G::container, mask(exec, shell),
                "By the engine's exec or by the relay; the setting exec_via.", ways_inside)),
    own(lettered('f', switch_("follow", G::output, bit(logs), "Go on as more is printed."))),
    own(lettered('n', number_("tail", G::output, bit(logs), "Only the last lines, this many."))),
    own(text_("since", G::output, bit(logs), "Only what is newer: a time, or 10m, 2h, 3d.")),
    own(lettered('a', switch_("all", G::container, bit(ports), "Of all dev containers."))),
    own(lettered('w',
                 switch_("watch", G::output, bit(ports), "Go on, and say what begins and ends."))),
    own(switch_("background", G::general, bit(forward),
                "Go on in the background when the command has returned.")),
    own(switch_("reverse", G::general, mask(forward, unforward),
                "The other way round: a port or socket of this machine is made available inside.")),
    own(each_(text_("address", G::general, bit(forward),
                    "Address to listen on instead of 127.0.0.1 and ::1."))),
    own(switch_("stop", G::general, bit(background), "End the background process that runs.")),
    own(hidden(number_("ready-fd", G::general, bit(background), "Who waits for it to be ready."))),
    own(switch_("strict", G::output, bit(config_validate), "Fail on warnings too.")),
    own(number_("days", G::general, bit(cache_prune), "Keep what was used since (default 30).")),
    own(switch_("dry-run", G::output, bit(config_migrate), "Print the difference, write nothing.")),
    own(text_("workspace-folder", G::workspace, bit(init), "The project; the current folder.",
              folder)),
    own(standard("ghcr.io/devcontainers/templates",
                 text_("collection", G::features, bit(init),
                       "Where templates come from: registry/namespace, or a folder."))),
    own(switch_("list", G::features, bit(init), "Only list the templates.")),
    own(text_("from", G::image, bit(init), "A Dockerfile or Compose file of the project.", file)),
    own(text_("service", G::image, bit(init), "The Compose file's service to work in.")),
    own(lettered('o', each_(text_("option", G::features, bit(init),
                                  "An option of the template. Format: name=value.")))),
    own(lettered('f', each_(text_("feature", G::features, bit(init), "A Feature to add, by id.")))),
    own(each_(text_("omit-path", G::features, bit(init),
                    "A file, or folder/*, of the template to leave out."))),
    own(switch_("force", G::output, bit(init), "Replace files that are there.")),
    own(lettered('y', switch_("yes", G::general, bit(init), "Ask nothing: take the defaults."))),
    own(switch_("origin", G::output, bit(config_show), "Where each value comes from.")),
};

}  // namespace

std::span<const Flag> all_flags() { return table; }

}  // namespace fairlead::cli
