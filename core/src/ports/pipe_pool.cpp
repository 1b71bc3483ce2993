#include "ports/pipe_pool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace fairlead::ports {
namespace {

// Larger ones gain nothing measurable, and what a user may have of them is limited.
constexpr int pipe_bytes = 256 * 1024;
constexpr std::size_t most_spare = 32;

}  // namespace

std::optional<SplicePipe> PipePool::take() {
  if (!spare_.empty()) {
    auto pipe = std::move(spare_.back());
    spare_.pop_back();
    return pipe;
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
  SplicePipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  ::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, pipe_bytes);  // a smaller one works too
  return pipe;
}

void PipePool::give_back(SplicePipe pipe) {
  if (spare_.size() < most_spare) spare_.push_back(std::move(pipe));
}

}  // namespace fairlead::ports
