#pragma once

#include "arguments.hpp"
#include "terminal.hpp"
#include "writer.hpp"

#include <fairlead/events.hpp>
#include <fairlead/unique_fd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::server {
struct Guest;
}

namespace fairlead::cli {

/// What a command may use of the process: made once in main, replaced in tests.
struct Session {
  Mode mode = Mode::fairlead;
  std::string executable;  ///< the program's own file, links resolved
  Terminal in;
  Terminal out;
  Terminal err;
  Writer write_out;  ///< to stdout: results only
  Writer write_err;  ///< to stderr: everything else
  /// One line of stdin without its end; nullopt: there is none. Takes no byte behind it.
  std::function<std::optional<std::string>()> read_line;
  int in_fd = 0;
  int out_fd = 1;
  int err_fd = 2;  ///< a live display follows its width; -1: none
  std::int64_t began_ms = 0;
  /// `serve`: another library answers with the commands of this one.
  std::function<int(const Arguments&, Session&)> serve;
  /// Who else is served by the background process.
  std::function<std::vector<server::Guest>(const Session&)> guests;
};

/// One line of a descriptor, as Session::read_line.
std::optional<std::string> read_line(int fd);

/// A copy of one of the session's descriptors, for an operation that owns its streams.
UniqueFd duplicate(int fd);

/// The session of this process. `program` is argv[0]: called as `devcontainer` it is the drop-in.
Session make_session(std::string_view program);

/// What `argv[0]` chooses.
Mode mode_of(std::string_view program);

/// The folder above `bin/`, where our own files are; "" when the executable is nowhere.
std::string install_prefix(const Session& session);

/// The log that the arguments ask for, on the session's stderr: JSON lines; drop-in text with the
/// reference's header line (but for exec), coloured when stdout is a terminal; or fairlead's own,
/// live on a terminal and plain otherwise. `session` outlives it. Thread-safe.
std::unique_ptr<EventSink> make_log(const Arguments& arguments, const Session& session);

/// Whether results are written as JSON: always in drop-in mode, by --json, or when stdout is no
/// terminal for the commands of the reference.
bool wants_json(const Arguments& arguments, const Session& session);

}  // namespace fairlead::cli
