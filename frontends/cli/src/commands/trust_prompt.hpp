#pragma once

#include "session.hpp"

#include <fairlead/core.hpp>

namespace fairlead::cli {

/// Asks the caller, or on the terminal; empty where there is nobody to ask. `session` outlives it.
std::function<bool(const TrustQuestion&, std::stop_token)> trust_prompt(const Arguments& arguments,
                                                                        const Session& session);

/// Reads a line from the terminal; true for "y" and "yes". False also at the end of input or when
/// `stop` is requested.
bool read_yes(int fd, const std::stop_token& stop);

}  // namespace fairlead::cli
