#pragma once

#include "argument_parser.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The methods: every command of the command line that gives a result, with the same parameters.
/// "config show" is the method config/show, its flag --workspace-folder the parameter
/// workspaceFolder, and what follows without dashes a parameter named as the help names it.
namespace fairlead::rpc {

/// The commands that are methods, in the order of the help.
std::vector<cli::CommandId> method_commands();

std::string method_name(cli::CommandId command);

/// The command behind a method; nullopt for an unknown one.
std::optional<cli::CommandId> command_named(std::string_view method);

/// Its flags that are parameters: not those that say how a terminal shows something.
std::vector<const cli::Flag*> method_flags(cli::CommandId command);

/// Whether `command` is about something that runs inside and has streams of its own.
bool has_streams(cli::CommandId command);

/// The command line that `params`, the text of a JSON object, means; judged as if it had been
/// typed. Members that only the connection knows ("stdin", "terminal") are left out. Throws Error
/// "rpc.params".
cli::Arguments arguments_of(cli::CommandId command, std::string_view params);

}  // namespace fairlead::rpc
