#pragma once

#include <fairlead/unique_fd.hpp>

#include <optional>
#include <vector>

namespace fairlead::ports {

/// The pipe that bytes pass through on their way from one socket to another (splice).
struct SplicePipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

/// Empty pipes between two uses: a connection has one only while bytes are under way, so idle ones
/// cost two descriptors and nothing else. One thread.
class PipePool {
 public:
  /// Nothing when the process has no descriptors left.
  std::optional<SplicePipe> take();
  /// `pipe` is empty.
  void give_back(SplicePipe pipe);

 private:
  std::vector<SplicePipe> spare_;
};

}  // namespace fairlead::ports
