#pragma once

#include <cstddef>

namespace fairlead::cli {

/// What one of our output streams can show.
struct Terminal {
  bool is_terminal = false;
  bool colour = false;   ///< SGR sequences may be written
  bool unicode = false;  ///< the locale's encoding is UTF-8
  std::size_t columns = 80;
};

/// Asks the system about `fd`: colours by NO_COLOR, TERM and `allow_colour`, the encoding by
/// LC_ALL, LC_CTYPE and LANG. Not affected by setlocale.
Terminal terminal_of(int fd, bool allow_colour = true);

/// The width of the terminal at `fd` right now; `otherwise` when it is none.
std::size_t terminal_columns(int fd, std::size_t otherwise);

}  // namespace fairlead::cli
