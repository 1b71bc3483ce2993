#include "run_by_server.hpp"

#include "commands/options.hpp"
#include "commands/raw_terminal.hpp"
#include "commands/signals.hpp"
#include "lent_streams.hpp"
#include "socket_server.hpp"

#include <fairlead/environment.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <server/detached.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>

namespace fairlead::rpc {
namespace {

constexpr std::chrono::seconds start_limit{15};

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

server::Place place_of(const Environment& environment, const std::string& folder) {
  NoLog none;
  const Core core({.environment = environment, .working_directory = folder}, none);
  return run_place(core);
}

UniqueFd connection(const server::Place& place, const Environment& environment,
                    const std::string& program) {
  if (auto socket = server::connect_to(place)) return socket;
  server::spawn_detached({.argv = {program, "serve", "--socket"},
                          .environment = environment,
                          .working_directory = "/"});
  const auto deadline = std::chrono::steady_clock::now() + start_limit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto socket = server::connect_to(place)) return socket;
    ::poll(nullptr, 0, 5);
  }
  throw Error(Status::failed, "server.start", "The server does not start.",
              "`fairlead serve --socket` says why.");
}

LentRun lent(const std::vector<std::string>& arguments, const cli::Session& session,
             const Environment& environment, const std::string& folder) {
  LentRun run;
  run.arguments = arguments;
  run.environment = environment;
  run.working_directory = folder;
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
  const auto socket = connection(place_of(environment, folder), environment, session.executable);
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
