#pragma once

#include "own_words.hpp"

namespace fairlead::cli {

// The rows of `host` and what is in it.

inline constexpr std::array host_positionals = {
    Positional{.name = "host", .description = "Its address: ssh://user@box.", .required = true}};
inline constexpr std::array host_check_positionals = {Positional{
    .name = "host", .description = "Its address; without one, all hosts that you added."}};
inline constexpr std::array host_add_examples = {
    Example{"host add ssh://me@build-box", "a machine that projects may choose, and `list` asks"},
    Example{"host add ssh://box:2222", "with a port of its own"}};
inline constexpr std::array host_list_examples = {
    Example{"host list", "the machines that you work on, and who says so"},
    Example{"host list --json", "the same as JSON"}};
inline constexpr std::array host_check_examples = {
    Example{"host check", "whether the machines that you added answer"},
    Example{"host check ssh://me@build-box", "one machine, stage by stage, with what to do"}};
inline constexpr std::array host_remove_examples = {
    Example{"host remove ssh://me@build-box", "forget it; what is there stays"},
    Example{"host remove ssh://box:2222 --json", "with the settings file that was changed"}};

inline constexpr Command host_row = {.id = CommandId::host,
                                     .parent = CommandId::top,
                                     .name = "host",
                                     .purpose = "Look after the machines that you work on",
                                     .own = true,
                                     .implemented = true,
                                     .group = true};
inline constexpr Command host_add_row = {.id = CommandId::host_add,
                                         .parent = CommandId::host,
                                         .name = "add",
                                         .purpose = "Add a machine to your settings",
                                         .own = true,
                                         .implemented = true,
                                         .positionals = host_positionals,
                                         .examples = host_add_examples};
inline constexpr Command host_list_row = {.id = CommandId::host_list,
                                          .parent = CommandId::host,
                                          .name = "list",
                                          .purpose = "List the machines of your settings",
                                          .own = true,
                                          .implemented = true,
                                          .examples = host_list_examples};
inline constexpr Command host_check_row = {.id = CommandId::host_check,
                                           .parent = CommandId::host,
                                           .name = "check",
                                           .purpose = "Say what works on a machine, and what not",
                                           .own = true,
                                           .implemented = true,
                                           .positionals = host_check_positionals,
                                           .examples = host_check_examples};
inline constexpr Command host_remove_row = {.id = CommandId::host_remove,
                                            .parent = CommandId::host,
                                            .name = "remove",
                                            .purpose = "Take a machine out of your settings",
                                            .own = true,
                                            .implemented = true,
                                            .positionals = host_positionals,
                                            .examples = host_remove_examples};

}  // namespace fairlead::cli
