#include "commands/raw_terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace fairlead::cli {

RawTerminal::RawTerminal(int fd) : fd_(fd) {
  if (fd_ < 0) return;
  if (::tcgetattr(fd_, &before_) != 0) {
    fd_ = -1;
    return;
  }
  auto waiting = before_;
  ::cfmakeraw(&waiting);
  waiting.c_oflag = before_.c_oflag;  // what is said until the command runs is ours
  waiting.c_lflag |= before_.c_lflag & static_cast<tcflag_t>(ISIG);
  // Stopped now, we would leave a shell that does not look after its terminal without an echo.
  waiting.c_cc[VSUSP] = _POSIX_VDISABLE;
  ::tcsetattr(fd_, TCSADRAIN, &waiting);
}

void RawTerminal::hand_over() {
  if (fd_ < 0) return;
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
