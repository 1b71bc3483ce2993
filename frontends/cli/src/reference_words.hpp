#pragma once

#include "command.hpp"

#include <array>

/// What follows the words of the reference's commands.
namespace fairlead::cli {

inline constexpr std::array<std::string_view, 4> feature_queries = {"manifest", "tags",
                                                                    "dependencies", "verbose"};

inline constexpr std::array workspace_positionals = {Positional{
    .name = "workspace",
    .description = "Instead of --workspace-folder: a folder, or a Git repository such as "
                   "https://host/owner/name.git@branch.",
    .own = true}};
inline constexpr std::array build_positionals = {
    Positional{.name = "path", .description = "Not used."}};
inline constexpr std::array exec_positionals = {
    Positional{.name = "cmd", .description = "Command to run.", .required = true},
    Positional{.name = "args", .description = "Its arguments.", .many = true}};
inline constexpr std::array test_positionals = {
    Positional{.name = "target",
               .description = "Folder with 'src' and 'test'; replaced by --project-folder.",
               .default_value = "."}};
inline constexpr std::array target_positionals = {
    Positional{.name = "target",
               .description = "A collection's src folder, or the folder of a single one.",
               .required = true,
               .default_value = "."}};
inline constexpr std::array info_positionals = {
    Positional{.name = "mode",
               .description = "What to ask for; 'verbose' is everything.",
               .required = true,
               .choices = feature_queries},
    Positional{.name = "feature", .description = "Identifier of the Feature.", .required = true}};
inline constexpr std::array metadata_positionals = {Positional{
    .name = "templateId", .description = "Identifier of the Template.", .required = true}};

}  // namespace fairlead::cli
