#include "run_by_server.hpp"

#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/raw_terminal.hpp"
#include "commands/signals.hpp"
#include "guests.hpp"
#include "lent_streams.hpp"

#include <fairlead/environment.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <server/place.hpp>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

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

/// A job in the background must not read what is typed for the shell; the server, which belongs to
/// no terminal, would not be stopped for it as the job itself would.
bool may_read(int fd) {
  const auto foreground = ::tcgetpgrp(fd);  // -1: no terminal, or one without jobs of ours
  return foreground < 0 || foreground == ::getpgrp();
}

UniqueFd lent_input(const cli::Session& session) {
  if (may_read(session.in_fd)) return cli::duplicate(session.in_fd);
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

/// The server sets the terminal's mode for what it runs and puts it back; one that is killed
/// cannot.
class TerminalCare {
 public:
  explicit TerminalCare(int fd) : fd_(fd), known_(::tcgetattr(fd, &before_) == 0) {}
  void server_is_gone() const {
    if (known_ && may_read(fd_)) ::tcsetattr(fd_, TCSADRAIN, &before_);
  }

 private:
  int fd_;
  termios before_{};
  bool known_;
};

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
  run.streams = {lent_input(session), cli::duplicate(session.out_fd),
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
  const TerminalCare terminal(session.in_fd);
  if (send_run(socket.get(), lent(arguments, session, environment, folder))) {
    // Only now: a note amid the command line would garble it.
    const cli::Signals signals([&](int number) {
      const auto size = cli::terminal_size(session.out_fd);
      number == SIGWINCH ? send_note(socket.get(), {LentNote::size, size.rows * 65536 + size.cols})
                         : send_note(socket.get(), {LentNote::signal, number});
    });
    while (const auto note = receive_note(socket.get())) {
      if (note->kind == LentNote::exit) return note->number;
    }
  }
  terminal.server_is_gone();
  throw Error(Status::unavailable, "server.gone", "The server ended before the command did.",
              "Run it again: what was begun is found, and finished.");
}

}  // namespace fairlead::rpc
