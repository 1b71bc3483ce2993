#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

/// What is sent to a host's login shell. Pure functions.
namespace fairlead::ssh {

/// One word of a POSIX shell that means exactly `text`.
std::string sh_word(std::string_view text);

/// A command line that every login shell (bash, zsh, fish, csh, a restricted or an old one) reads
/// alike: it runs `script` with /bin/sh in the place of the shell. Only letters, digits and a few
/// harmless characters stand in it as they are.
std::string for_any_shell(std::string_view script);

/// Where on the host a command of ours leaves a note of itself: who it is while it runs, or why it
/// could not be started ("folder", "command").
struct NoteFile {
  std::string path;  ///< empty: the host has no place for it
};

/// The script that runs `request` (its streams and terminal aside) and ends with its exit status.
/// `mark`, when not empty, is printed before anything else, so that what the login shell says can
/// be told from what the command says.
std::string spawn_script(const SpawnRequest& request, const NoteFile& note,
                         const std::string& mark);

/// Sends `signal` ("TERM") to the command that wrote `note` and everything in its process group.
/// Waits a few seconds for the note of one that has only just begun; ends with 3 without it.
std::string signal_script(const NoteFile& note, const std::string& signal);

/// Ends the command that wrote `note` with its group: TERM, two seconds later KILL. Goes on there
/// when nobody waits for it.
std::string end_script(const NoteFile& note);

/// The line that `mark` becomes.
std::string mark_line(const std::string& mark);

}  // namespace fairlead::ssh
