#pragma once

#include <fairlead/config_model.hpp>

#include <optional>
#include <string>

namespace fairlead {

/// The top folder of the git work tree that `folder` (absolute) is in, found without running git.
///
/// As `git rev-parse --show-cdup` from there: the real path is searched upwards, on one file
/// system, for `.git` (a repository folder, or a file that names one), and the way up is then taken
/// from `folder` as it is written, so that links on the way stay. Where that would end somewhere
/// else, because `folder` itself is a link into the repository, drop-in mode does as git's text
/// says and fairlead mode gives the real root.
///
/// Where git would differ: GIT_DIR, GIT_WORK_TREE, GIT_CEILING_DIRECTORIES and core.worktree are
/// not looked at, and a repository of another user is found although git, asked to do something
/// with it, would refuse (safe.directory): nothing of it is run or trusted here.
std::optional<std::string> git_root(const std::string& folder, Mode mode);

}  // namespace fairlead
