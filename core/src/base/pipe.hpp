#pragma once

#include <fairlead/unique_fd.hpp>

#include <functional>
#include <stop_token>
#include <string_view>
#include <thread>

namespace fairlead {

/// Both ends close-on-exec.
struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

/// Throws Error "process.pipe".
Pipe make_pipe();

/// Hands over what arrives at a descriptor, piece by piece, on a thread of its own; the destructor
/// waits for the end of the stream or, when something else still holds its other end (a daemon that
/// a command left behind, an abandoned call), until nothing more is there to read.
class PipeReader {
 public:
  PipeReader(UniqueFd fd, std::function<void(std::string_view)> sink);

 private:
  UniqueFd fd_;
  std::function<void(std::string_view)> sink_;
  std::jthread thread_;  ///< last: ends before what it uses
};

}  // namespace fairlead
