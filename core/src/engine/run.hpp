#pragma once

#include <fairlead/backend.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// One command in an instance whose output we want ourselves.
struct RunSpec {
  std::string instance;
  std::vector<std::string> argv;
  Environment env;
  Environment secrets;  ///< win over `env`; never part of a request's text
  std::string user;
  std::string working_directory;
  std::chrono::milliseconds timeout{0};  ///< 0: none
};

/// `timed_out`: the output so far is there, the exit code is not.
struct RunResult {
  int exit_code = 0;
  std::string out;
  std::string err;
  bool timed_out = false;
};

/// Runs it to its end with nothing on its standard input and keeps both streams.
RunResult run_captured(Backend& backend, const RunSpec& spec, std::stop_token stop);

/// Runs it and hands over both streams' pieces as they come, on threads of the run's own, one piece
/// at a time. Returns the exit code.
int run_streamed(Backend& backend, const RunSpec& spec,
                 const std::function<void(std::string_view)>& output, std::stop_token stop);

}  // namespace fairlead
