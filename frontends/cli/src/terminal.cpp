#include "terminal.hpp"

#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace fairlead::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// POSIX: the first of the three that is set and not empty decides.
std::string_view locale_name() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!variable(name).empty()) return variable(name);
  }
  return {};
}

bool is_utf8_locale() {
  const std::string_view locale = locale_name();
  const std::size_t dot = locale.find('.');
  if (dot == std::string_view::npos) return false;
  const char* encoding = locale.data() + dot + 1;  // ends where the environment's string does
  return ::strncasecmp(encoding, "utf-8", 5) == 0 || ::strncasecmp(encoding, "utf8", 4) == 0;
}

}  // namespace

std::size_t terminal_columns(int fd, std::size_t otherwise) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

Terminal terminal_of(int fd, bool allow_colour) {
  Terminal terminal;
  terminal.is_terminal = ::isatty(fd) == 1;
  terminal.colour = terminal.is_terminal && allow_colour && variable("NO_COLOR").empty() &&
                    variable("TERM") != "dumb";
  terminal.unicode = is_utf8_locale();
  terminal.columns = terminal_columns(fd, 80);
  return terminal;
}

}  // namespace fairlead::cli
