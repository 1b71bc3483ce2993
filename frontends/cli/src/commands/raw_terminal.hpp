#pragma once

#include <fairlead/model.hpp>

#include <termios.h>

namespace fairlead::cli {

/// Hands keys on as they are pressed, INT and the like as bytes, until it goes out of scope. The
/// frontend owns the terminal's mode; nothing below it touches it.
class RawTerminal {
 public:
  /// `fd` -1, or not a terminal: does nothing.
  explicit RawTerminal(int fd);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  int fd_;
  termios before_{};
};

/// The terminal's size; 24 by 80 when it does not say.
TerminalSize terminal_size(int fd);

}  // namespace fairlead::cli
