#pragma once

#include <string_view>

/// What the backend `ssh-remote` runs with /bin/sh on its host. Environments are folders below
/// ~/.local/state/fairlead/environments: `record` is there once one is made, `running` while it
/// runs, with the boot it was started in and the time.
namespace fairlead::ssh {

/// Prints two lines for each environment: "running TIME" or "stopped", and its record.
extern const std::string_view list_script;

/// $1 the folder; reads the record's line. Ends with `name_taken` when there is one already.
extern const std::string_view create_script;

/// $1 the folder. Ends with `gone` when there is none. One that runs goes on.
extern const std::string_view start_script;

/// $1 the folder, $2 the environment's id, $3 seconds from TERM to KILL. Ends what was started in
/// it by whomever, as far as the account may: with sudo where that asks nothing.
extern const std::string_view stop_script;

/// $1 the folder, $2 the environment's id, $3 "force" or nothing. Ends what runs in it and removes
/// the environment's own files and nothing else; without force ends with `running` when it runs.
extern const std::string_view remove_script;

/// $1 the folder, then the command. Ends with `not_running` without running it.
extern const std::string_view exec_script;

/// $1 the folder, $2 the user, $3 the names of variables to keep, with commas; then the command.
/// The same as another user: by the account's own right when it is root, by sudo that asks nothing
/// otherwise. Ends with `not_that_user` when the user is not there or may not be taken.
extern const std::string_view exec_as_script;

/// Ends with 0 when the account can become root without being asked.
extern const std::string_view root_script;

inline constexpr int name_taken = 3;
inline constexpr int gone = 4;
inline constexpr int running = 5;
inline constexpr int not_running = 250;
inline constexpr int not_that_user = 251;

/// The variable that marks the processes of an environment; its value is the id.
inline constexpr std::string_view mark_variable = "FAIRLEAD_ENVIRONMENT";

}  // namespace fairlead::ssh
