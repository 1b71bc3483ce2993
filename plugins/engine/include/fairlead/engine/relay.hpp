#pragma once

#include <fairlead/engine/client.hpp>
#include <fairlead/sdk/call.hpp>
#include <fairlead/unique_fd.hpp>

namespace fairlead::engine {

/// The caller's ends of an attached process; an empty one is closed (in) or discarded (out, err).
struct RelayEnds {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
  bool framed = true;  ///< stdout and stderr come multiplexed; false: raw, all of it to `out`
};

enum class RelayResult {
  finished,       ///< the engine's side has ended and everything is delivered
  output_closed,  ///< nobody reads `out` or `err` any more
};

/// Moves bytes both ways until the engine's side ends, byte for byte: the end of `in` half-closes
/// the stream, a reader that is slow slows the engine down, nothing blocks but the wait itself.
/// SIGPIPE is held back in the calling thread. Throws Error(cancelled) when `call` is and
/// "engine.gone".
RelayResult relay(RawStream& stream, RelayEnds ends, const sdk::Call& call);

}  // namespace fairlead::engine
