#pragma once

#include <fairlead/model.hpp>

#include <termios.h>

namespace fairlead::cli {

/// Hands keys on as they are pressed, until it goes out of scope. The frontend owns the terminal's
/// mode; nothing below it touches it.
class RawTerminal {
 public:
  /// From here on keys are kept for whoever reads next and not shown; the interrupt key still makes
  /// a signal, since nobody reads yet. `fd` -1, or not a terminal: does nothing.
  explicit RawTerminal(int fd);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// Now somebody reads: every key is a byte, INT and the like too.
  void hand_over();

 private:
  int fd_;
  termios before_{};
};

/// The terminal's size; 24 by 80 when it does not say.
TerminalSize terminal_size(int fd);

}  // namespace fairlead::cli
