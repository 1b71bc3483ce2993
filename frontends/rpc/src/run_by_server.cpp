#include "run_by_server.hpp"

#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/raw_terminal.hpp"
#include "commands/signals.hpp"
#include "guests.hpp"
#include "lent_streams.hpp"

#include <fairlead/environment.hpp>
#include <fairlead/error.hpp>

#include <server/place.hpp>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>

namespace fairlead::rpc {
namespace {

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

/// Where the background process runs commands; it is started, or another version of it followed.
UniqueFd connection(const Environment& environment, const std::string& folder,
                    const cli::Session& session) {
  NoLog none;
  const Core core({.environment = environment, .working_directory = folder}, none);
  const auto process = cli::start_server(core, session, {});  // it does not end meanwhile
  if (auto socket = server::connect_to(cli::server_place(core), streams_socket)) return socket;
  throw Error(Status::failed, "server.start", "The background process takes no commands.",
              "`fairlead background --stop` ends it; the next command starts another.");
}

LentRun lent(const std::vector<std::string>& arguments, const cli::Session& session,
             const Environment& environment, const std::string& folder) {
  LentRun run;
  run.arguments = arguments;
  run.environment = environment;
  run.working_directory = folder;
  run.umask = ::umask(0);
  ::umask(*run.umask);
  run.drop_in = session.mode == cli::Mode::drop_in;
  const auto size = cli::terminal_size(session.out_fd);
  run.rows = size.rows;
  run.columns = size.cols;
  run.streams = {cli::duplicate(session.in_fd), cli::duplicate(session.out_fd),
                 cli::duplicate(session.err_fd)};
  return run;
}

}  // namespace

int run_by_server(const std::vector<std::string>& arguments, const cli::Session& session) {
  const auto environment = capture_environment();
  std::error_code gone;
  const auto folder = std::filesystem::current_path(gone).string();
  if (gone) {
    throw Error(Status::not_found, "file.missing", "The current folder does not exist any more.",
                "Change to another one.");
  }
  const auto socket = connection(environment, folder, session);
  std::optional<cli::RawTerminal> raw;
  const bool terminal = session.in.is_terminal && session.out.is_terminal;
  if (send_run(socket.get(), lent(arguments, session, environment, folder))) {
    // Only now: a note amid the command line would garble it.
    const cli::Signals signals([&](int number) {
      const auto size = cli::terminal_size(session.out_fd);
      number == SIGWINCH ? send_note(socket.get(), {LentNote::size, size.rows * 65536 + size.cols})
                         : send_note(socket.get(), {LentNote::signal, number});
    });
    while (const auto note = receive_note(socket.get())) {
      if (note->kind == LentNote::started && terminal) raw.emplace(session.in_fd);
      if (note->kind == LentNote::ended) raw.reset();
      if (note->kind == LentNote::exit) return note->number;
    }
  }
  throw Error(Status::unavailable, "server.gone", "The server ended before the command did.",
              "Run it again: what was begun is found, and finished.");
}

}  // namespace fairlead::rpc
