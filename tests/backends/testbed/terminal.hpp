#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <thread>

namespace fairlead::testbed {

/// A pseudo-terminal whose far end a command gets, and two threads' worth of byte moving: from `in`
/// into it, and from it to `out`. Ends by itself when the command has closed its end.
class TerminalPump {
 public:
  TerminalPump(TerminalSize size, UniqueFd in, UniqueFd out);
  ~TerminalPump();
  TerminalPump(const TerminalPump&) = delete;
  TerminalPump& operator=(const TerminalPump&) = delete;

  /// The command's end, a new descriptor each time.
  UniqueFd far_end() const;
  /// Call once the command has its end: closes ours, so that its hang-up is seen, and moves bytes.
  void start();
  void resize(TerminalSize size);
  /// Returns when all output has been moved.
  void finish();

 private:
  void run();
  bool move_input();
  bool move_output();

  UniqueFd near_;
  UniqueFd far_;
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd wake_read_;
  UniqueFd wake_write_;
  std::thread thread_;
};

}  // namespace fairlead::testbed
