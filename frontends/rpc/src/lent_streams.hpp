#pragma once

#include <fairlead/unique_fd.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::rpc {

/// A command line that the server runs on the client's own streams: what crosses the socket first.
struct LentRun {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string working_directory;
  std::optional<unsigned> umask;  ///< clients of older versions do not say it
  bool drop_in = false;
  int rows = 24;
  int columns = 80;
  std::array<UniqueFd, 3> streams;  ///< stdin, stdout, stderr
};

/// False: the other end is gone.
bool send_run(int socket, const LentRun& run);
/// Nothing: the other end is gone or talks nonsense.
std::optional<LentRun> receive_run(int socket);

/// What follows, in both directions: one letter and one number.
struct LentNote {
  enum Kind : char {
    signal = 's',  ///< to the server: its number
    size = 'w',    ///< to the server: rows * 65536 + columns
    exit = 'x',    ///< to the client: the exit status; the last
  };
  char kind = exit;
  std::int32_t number = 0;
};
bool send_note(int socket, LentNote note);
std::optional<LentNote> receive_note(int socket);

}  // namespace fairlead::rpc
