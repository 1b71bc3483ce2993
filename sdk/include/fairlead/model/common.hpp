#pragma once

#include <map>
#include <string>

/// What several subjects of the model share.
namespace fairlead {

using Environment = std::map<std::string, std::string>;
using Labels = std::map<std::string, std::string>;

/// The index of a descriptor in the call's `fds`; -1: none was passed.
struct FdRef {
  int fd = -1;
  explicit operator bool() const { return fd >= 0; }
};

/// Rows and columns in characters.
struct TerminalSize {
  int rows = 24;
  int cols = 80;
};

struct Terminal {
  TerminalSize size;
  std::string term = "xterm";
};

}  // namespace fairlead
