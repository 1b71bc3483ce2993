#pragma once

#include <fairlead/backend.hpp>

#include <stop_token>
#include <string>
#include <string_view>

namespace fairlead {

/// What a command came to.
struct Captured {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// The caller's own ends of a command's streams.
struct CapturedStreams {
  UniqueFd in = {};   ///< none: nothing comes in
  UniqueFd out = {};  ///< none: what it says is kept
};

/// Runs a command on a host to its end, `input` on its standard input, and keeps what it says.
/// Throws what `spawn` throws.
Captured run_captured_on(Host& host, SpawnRequest request, std::stop_token stop,
                         std::string_view input = {});
Captured run_captured_on(Host& host, SpawnRequest request, std::stop_token stop,
                         CapturedStreams streams);

}  // namespace fairlead
