#pragma once

#include <fairlead/engine.hpp>

#include <stop_token>

/// The longer stories around an environment, told with the functions of engine.hpp. The same rules
/// hold: blocking, thread-safe, errors as Error, cancelled by the stop token.
namespace fairlead {

/// A whole job: bring up, run, remove.
struct JobRequest {
  UpRequest up;
  ExecOptions command;  ///< its selection is `up`'s
};

/// Brings the environment up, runs one command in it, and removes the container with its anonymous
/// volumes if this call made it, whether or not anything failed or was cancelled meanwhile; one
/// that was there before stays. Returns the command's exit status. Throws what `up` and `exec`
/// throw. VSC-011.
int run_job(Core& core, JobRequest request, std::stop_token stop);

}  // namespace fairlead
