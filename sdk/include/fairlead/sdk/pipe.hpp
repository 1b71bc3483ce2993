#pragma once

#include <fairlead/unique_fd.hpp>

namespace fairlead::sdk {

/// The two ends of a pipe, close-on-exec and blocking.
struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

/// Throws Error(failed, "host.pipe") when this process or the system has no descriptor left. May be
/// called from any thread.
Pipe make_pipe();

}  // namespace fairlead::sdk
