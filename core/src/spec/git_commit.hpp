#pragma once

#include <string>

namespace fairlead {

/// The commit that is checked out in the git work tree `root`, read without running git; empty: it
/// is no work tree, has no commit yet, or keeps its refs in a way that is not known here.
std::string git_commit(const std::string& root);

}  // namespace fairlead
