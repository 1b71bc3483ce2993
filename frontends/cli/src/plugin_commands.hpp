#pragma once

#include "own_words.hpp"

namespace fairlead::cli {

// The rows of `plugin` and what is in it.

inline constexpr Command plugin_row = {.id = CommandId::plugin,
                                       .parent = CommandId::top,
                                       .name = "plugin",
                                       .purpose = "Look after plugins",
                                       .own = true,
                                       .implemented = true,
                                       .group = true};
inline constexpr Command plugin_list_row = {.id = CommandId::plugin_list,
                                            .parent = CommandId::plugin,
                                            .name = "list",
                                            .purpose = "List the plugins that were found",
                                            .own = true,
                                            .implemented = true,
                                            .examples = plugin_list_examples};
inline constexpr Command plugin_info_row = {.id = CommandId::plugin_info,
                                            .parent = CommandId::plugin,
                                            .name = "info",
                                            .purpose = "Show one plugin's abilities and settings",
                                            .own = true,
                                            .implemented = true,
                                            .positionals = plugin_positionals,
                                            .examples = plugin_info_examples};
inline constexpr Command plugin_add_row = {
    .id = CommandId::plugin_add,
    .parent = CommandId::plugin,
    .name = "add",
    .purpose = "Add a plugin of somebody's, after showing what it is",
    .own = true,
    .implemented = true,
    .positionals = plugin_path_positionals,
    .examples = plugin_add_examples};
inline constexpr Command plugin_remove_row = {.id = CommandId::plugin_remove,
                                              .parent = CommandId::plugin,
                                              .name = "remove",
                                              .purpose = "Remove a plugin that was added",
                                              .own = true,
                                              .implemented = true,
                                              .positionals = plugin_positionals,
                                              .examples = plugin_remove_examples};
inline constexpr Command plugin_new_row = {.id = CommandId::plugin_new,
                                           .parent = CommandId::plugin,
                                           .name = "new",
                                           .purpose = "Write the skeleton of a plugin",
                                           .own = true,
                                           .implemented = true,
                                           .positionals = plugin_new_positionals,
                                           .examples = plugin_new_examples};
inline constexpr Command plugin_enable_row = {
    .id = CommandId::plugin_enable,
    .parent = CommandId::plugin,
    .name = "enable",
    .purpose = "Use a plugin again, after showing and trying it",
    .own = true,
    .implemented = true,
    .positionals = plugin_positionals,
    .examples = plugin_enable_examples};
inline constexpr Command plugin_disable_row = {
    .id = CommandId::plugin_disable,
    .parent = CommandId::plugin,
    .name = "disable",
    .purpose = "Keep a plugin installed without using it",
    .own = true,
    .implemented = true,
    .positionals = plugin_positionals,
    .examples = plugin_disable_examples};

}  // namespace fairlead::cli
