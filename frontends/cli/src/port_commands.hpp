#pragma once

#include "command.hpp"

#include <array>

namespace fairlead::cli {

// The commands about ports: their rows, arguments and examples.

inline constexpr std::array ports_examples = {
    Example{"ports", "what is forwarded, of all dev containers"},
    Example{"ports --watch", "and what begins and ends from now on"}};
inline constexpr std::array forward_positionals = {Positional{
    .name = "port",
    .description = "PORT, HOST:PORT or /SOCKET inside, with :LOCAL behind it for another "
                   "port or a socket here.",
    .required = true,
    .many = true}};
inline constexpr std::array forward_examples = {
    Example{"forward 8080", "until Ctrl-C: what listens on 8080 inside is localhost:8080 here"},
    Example{"forward --background db:5432:15432", "a port of another service, until the end"},
    Example{"forward --reverse 3000", "a port of this machine, inside"}};
inline constexpr std::array unforward_positionals = {
    Positional{.name = "port",
               .description = "PORT, HOST:PORT or /SOCKET as it was forwarded; without one all.",
               .many = true}};
inline constexpr std::array unforward_examples = {
    Example{"unforward 8080", "end one of this folder's dev container"},
    Example{"unforward", "end all of them"}};
inline constexpr std::array background_examples = {
    Example{"background", "run it here, in the foreground"},
    Example{"background --stop", "end the one that runs, with its forwards"}};

inline constexpr std::array<std::string_view, 4> sync_actions = {"status", "now", "pull", "push"};
inline constexpr std::array sync_positionals = {
    Positional{.name = "action",
               .description = "What to do: show how it stands, synchronise now, or let the host's "
                              "(pull) or this machine's side (push) win where both have changed.",
               .choices = sync_actions,
               .default_value = "status"}};
inline constexpr std::array sync_examples = {
    Example{"sync", "how this folder and its copy on the host stand"},
    Example{"sync push", "where both sides changed a file, take the one that is here"}};

inline constexpr Command ports_row = {.id = CommandId::ports,
                                      .parent = CommandId::top,
                                      .name = "ports",
                                      .purpose = "List the ports that are forwarded",
                                      .own = true,
                                      .implemented = true,
                                      .examples = ports_examples};
inline constexpr Command forward_row = {
    .id = CommandId::forward,
    .parent = CommandId::top,
    .name = "forward",
    .purpose = "Forward ports of a dev container to this machine",
    .own = true,
    .implemented = true,
    .positionals = forward_positionals,
    .examples = forward_examples};
inline constexpr Command unforward_row = {.id = CommandId::unforward,
                                          .parent = CommandId::top,
                                          .name = "unforward",
                                          .purpose = "End forwards that go on in the background",
                                          .own = true,
                                          .implemented = true,
                                          .positionals = unforward_positionals,
                                          .examples = unforward_examples};
inline constexpr Command sync_row = {.id = CommandId::sync,
                                     .parent = CommandId::top,
                                     .name = "sync",
                                     .purpose = "Keep a folder and its copy on a host alike",
                                     .own = true,
                                     .implemented = true,
                                     .positionals = sync_positionals,
                                     .examples = sync_examples};
inline constexpr Command background_row = {.id = CommandId::background,
                                           .parent = CommandId::top,
                                           .name = "background",
                                           .purpose = "Run, or stop, the background process",
                                           .own = true,
                                           .implemented = true,
                                           .examples = background_examples};

}  // namespace fairlead::cli
