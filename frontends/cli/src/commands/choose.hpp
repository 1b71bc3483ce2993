#pragma once

#include "../session.hpp"

namespace fairlead::cli {

/// Where a workspace has several configurations and the user named none, asks on the terminal which
/// one is meant; the answer stands as `--config` in what is returned. Without such a question the
/// arguments as they are: also when input or errors are no terminal, so that the command itself
/// says what is missing. CFG-004. Throws "config.several" when no answer comes.
Arguments with_chosen_config(Arguments arguments, Session& session);

}  // namespace fairlead::cli
