#include "serve.hpp"

#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "openrpc.hpp"
#include "socket_server.hpp"
#include "stream.hpp"

#include <fcntl.h>

#include <exception>
#include <stop_token>
#include <thread>

namespace fairlead::rpc {
namespace {

/// The client's stream of its own: what a library prints to stdout by mistake goes to stderr.
UniqueFd taken_stdout(const cli::Session& session) {
  auto out = cli::duplicate(session.out_fd);
  ::dup2(session.err_fd, session.out_fd);
  return out;
}

/// Asks for the end on each way out.
struct Ending {
  std::stop_source source;
  ~Ending() { source.request_stop(); }
};

/// Many clients, until a signal.
int serve_clients(const cli::Arguments& arguments, cli::Session& session) {
  cli::StopOnSignal signals(arguments);
  const auto log = cli::make_log(arguments, session);
  const Core core(cli::core_options(arguments), *log);
  const ConnectionOptions options{.executable = session.executable};
  const auto place = rpc_place(core);
  std::jthread runs;  // ends before what it uses does
  Ending ending;
  const std::stop_callback on_signal(signals.token(), [&] { ending.source.request_stop(); });
  serve_socket(place, options, signals.token(), [&] {
    // Begun by who has the first lock: whoever comes second serves neither.
    runs = std::jthread([&, stop = ending.source.get_token()] {
      try {
        serve_runs(run_place(core), options, stop, [] {});
      } catch (
          const std::exception& error) {  // the clients of the protocol are served all the same
        Log(*log).text(LogLevel::warning, error.what());
      }
    });
    session.write_out(place.socket_file() + '\n');
  });
  return signals.exit_code();
}

}  // namespace

int serve(const cli::Arguments& arguments, cli::Session& session) {
  if (arguments.flag("describe")) {
    session.write_out(openrpc_document() + '\n');
    return 0;
  }
  if (arguments.flag("page")) {
    session.write_out(methods_page());
    return 0;
  }
  if (arguments.flag("socket")) return serve_clients(arguments, session);
  if (session.in.is_terminal) {
    throw Error(Status::invalid, "rpc.terminal", "There is no client on a terminal.",
                "An editor starts `fairlead serve` and speaks JSON-RPC with it; docs/json-rpc.md.");
  }
  cli::StopOnSignal signals(arguments);
  const bool in_order = serve_stream(cli::duplicate(session.in_fd), taken_stdout(session),
                                     {.executable = session.executable}, signals.token());
  if (signals.exit_code() != 0) return signals.exit_code();
  return in_order ? 0 : 1;
}

}  // namespace fairlead::rpc
