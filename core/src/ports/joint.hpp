#pragma once

#include "ports/pipe_pool.hpp"
#include "ports/traffic.hpp"

#include <fairlead/unique_fd.hpp>

#include <cstddef>
#include <memory>

namespace fairlead::ports {

/// Two connected stream sockets whose bytes go over to each other without being copied. The end of
/// one direction is passed on as such while the other goes on; a reset is passed on as a reset.
/// A peer that does not read holds up its own direction only. Both sockets are non-blocking; one
/// thread, in which SIGPIPE is blocked.
class Joint {
 public:
  Joint(UniqueFd outside, UniqueFd inside, std::shared_ptr<Traffic> traffic);
  ~Joint();
  Joint(const Joint&) = delete;
  Joint& operator=(const Joint&) = delete;

  enum class Step {
    wait,   ///< until one of the sockets is ready again
    again,  ///< there is more to do, after others have had their turn
    done,   ///< both directions have ended
  };
  /// Moves what can be moved now.
  Step move(PipePool& pool);
  /// One of the sockets reports an error: both are reset when the joint goes.
  void fail() { broken_ = true; }

  int outside() const { return outside_.get(); }
  int inside() const { return inside_.get(); }

 private:
  struct Direction {
    std::optional<SplicePipe> pipe;
    std::size_t held = 0;  ///< bytes in the pipe
    bool ended = false;    ///< its source has no more
    bool closed = false;   ///< and its target knows
  };
  Step move(Direction& direction, int from, int to, std::atomic<std::uint64_t>& count,
            PipePool& pool);
  bool fill(Direction& direction, int from, PipePool& pool);
  bool drain(Direction& direction, int to, std::atomic<std::uint64_t>& count, PipePool& pool);

  UniqueFd outside_;
  UniqueFd inside_;
  std::shared_ptr<Traffic> traffic_;
  Direction inwards_;
  Direction outwards_;
  bool broken_ = false;
};

/// When it is closed its peer sees a reset, as of a server that crashed.
void reset_on_close(int socket);

}  // namespace fairlead::ports
