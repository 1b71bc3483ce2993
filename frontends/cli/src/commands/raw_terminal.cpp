#include "commands/raw_terminal.hpp"

#include <sys/ioctl.h>

namespace fairlead::cli {

RawTerminal::RawTerminal(int fd) : fd_(fd) {
  if (fd_ < 0) return;
  if (::tcgetattr(fd_, &before_) != 0) {
    fd_ = -1;
    return;
  }
  auto raw = before_;
  ::cfmakeraw(&raw);
  ::tcsetattr(fd_, TCSADRAIN, &raw);
}

RawTerminal::~RawTerminal() {
  if (fd_ >= 0) ::tcsetattr(fd_, TCSADRAIN, &before_);
}

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {.rows = size.ws_row, .cols = size.ws_col};
}

}  // namespace fairlead::cli
