#pragma once

#include "command.hpp"

#include <array>

/// What follows the words of the commands that look after things (plugins, settings, the cache),
/// and examples for their pages.
namespace fairlead::cli {

inline constexpr std::array plugin_positionals = {
    Positional{.name = "name", .description = "The plugin's id.", .required = true}};
inline constexpr std::array plugin_path_positionals = {
    Positional{.name = "path",
               .description = "Its library, its manifest, or the folder with both.",
               .required = true}};
inline constexpr std::array plugin_new_positionals = {
    Positional{.name = "name", .description = "What it is called.", .required = true},
    Positional{.name = "folder", .description = "Where to; the name in the current folder."}};
inline constexpr std::array plugin_add_examples = {
    Example{"plugin add build", "what was built there, for you alone"},
    Example{"plugin add nspawn.so --yes", "without being asked"}};
inline constexpr std::array plugin_enable_examples = {
    Example{"plugin enable podman", "use it again"},
    Example{"plugin enable podman --yes", "without being asked"}};
inline constexpr std::array plugin_disable_examples = {
    Example{"plugin disable podman", "never use Podman"},
    Example{"plugin disable podman --yes", "without being asked"}};
inline constexpr std::array plugin_remove_examples = {
    Example{"plugin remove org.example.nspawn", "a plugin that was added, by its id"},
    Example{"plugin remove nspawn --yes", "or by a backend of it"}};
inline constexpr std::array plugin_new_examples = {
    Example{"plugin new nspawn", "a backend that builds, in ./nspawn"},
    Example{"plugin new nspawn src/nspawn", "the same elsewhere"}};
inline constexpr std::array plugin_list_examples = {
    Example{"plugin list", "every plugin that was found, and whether it can be used"},
    Example{"plugin list --json", "the same as JSON"}};
inline constexpr std::array plugin_info_examples = {
    Example{"plugin info docker", "what the plugin offers, and its settings"},
    Example{"plugin info docker --json", "the same as JSON"}};
inline constexpr std::array config_show_examples = {
    Example{"config show", "every setting with the value in force"},
    Example{"config show --origin", "and the file, variable or option it comes from"}};
inline constexpr std::array cache_export_positionals = {
    Positional{.name = "file", .description = "The tar to write.", .required = true},
    Positional{
        .name = "name", .description = "What to take along; everything else stays.", .many = true}};
inline constexpr std::array cache_import_positionals = {
    Positional{.name = "file", .description = "The tar to read.", .required = true}};
inline constexpr std::array init_positionals = {
    Positional{.name = "template",
               .description = "A template's name in the collection or a registry, or its folder; "
                              "with --list a text to filter by."}};
inline constexpr std::array init_examples = {
    Example{"init", "choose a template, answer its questions, get the files"},
    Example{"init --list python", "the templates that have to do with python"},
    Example{"init debian --option imageVariant=bookworm", "without a question"},
    Example{"init --from Dockerfile", "from what the project has already"}};
inline constexpr std::array serve_examples = {
    Example{"serve", "speak JSON-RPC 2.0 with the program that started it, as language servers do"},
    Example{"serve --describe", "the OpenRPC description of all methods"}};
inline constexpr std::array cache_show_examples = {
    Example{"cache show", "what is there, largest first"},
    Example{"cache show --json", "the same as JSON"}};
inline constexpr std::array cache_prune_examples = {
    Example{"cache prune", "remove what was not used for 30 days"},
    Example{"cache prune --days 0", "remove everything"}};
inline constexpr std::array cache_export_examples = {
    Example{"cache export features.tar", "take everything to a machine without a network"},
    Example{"cache export git.tar ghcr.io/devcontainers/features/git:1", "take one feature"}};
inline constexpr std::array cache_import_examples = {
    Example{"cache import features.tar", "add it there"},
    Example{"cache import features.tar --json", "and list what was in it as JSON"}};

inline constexpr std::array property_positionals = {Positional{
    .name = "property",
    .description = "A property of devcontainer.json, or a member such as containerEnv.PATH."}};
inline constexpr std::array config_explain_examples = {
    Example{"config explain remoteUser", "who says what the user is, and who wins"},
    Example{"config explain containerEnv.PATH --json", "one variable, as JSON"}};
inline constexpr std::array config_list_examples = {
    Example{"config list", "the configurations that can be chosen with --config"},
    Example{"config list --workspace-folder all.code-workspace", "those of every root"}};
inline constexpr std::array config_migrate_examples = {
    Example{"config migrate --dry-run", "what would change"},
    Example{"config migrate", "rewrite devcontainer.json in place"}};

}  // namespace fairlead::cli
