#include "serve.hpp"

#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "guests.hpp"
#include "openrpc.hpp"
#include "stream.hpp"

#include <fcntl.h>

namespace fairlead::rpc {
namespace {

/// The client's stream of its own: what a library prints to stdout by mistake goes to stderr.
UniqueFd taken_stdout(const cli::Session& session) {
  auto out = cli::duplicate(session.out_fd);
  ::dup2(session.err_fd, session.out_fd);
  return out;
}

/// The background process answers there, many clients at once; it ends some seconds after the last.
int show_socket(const cli::Arguments& arguments, cli::Session& session) {
  cli::StopOnSignal signals(arguments);
  const auto log = cli::make_log(arguments, session);
  const Core core(cli::core_options(arguments), *log);
  const auto process = cli::start_server(core, session, signals.token());
  session.write_out(core.runtime_folder() + '/' + protocol_socket + '\n');
  return 0;
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
  if (arguments.flag("socket")) return show_socket(arguments, session);
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
