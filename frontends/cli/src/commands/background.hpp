#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/engine.hpp>

namespace fairlead::cli {

/// Goes on with the lifecycle commands that `up` left in a process of its own, which outlives this
/// one and this terminal. It is our own program with the arguments of `up` and the workspace of
/// `selection`; the lock and the secrets travel as descriptors. Throws Error "hooks.background".
void continue_in_background(const Arguments& arguments, const Session& session,
                            const Selection& selection, const Environment& secrets,
                            UpResult& result);

/// The descriptor that the process above was started with; empty in every other one.
UniqueFd inherited_rest(const Arguments& arguments);

}  // namespace fairlead::cli
