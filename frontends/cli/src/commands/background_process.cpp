#include "commands/commands.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "version.hpp"

#include <fcntl.h>
#include <server/serve.hpp>

#include <filesystem>

namespace fairlead::cli {
namespace {

int stop_server(const Core& core, Session& session, const std::stop_token& stop) {
  auto client = server::Client::connect(server_place(core), stop);
  if (!client) {
    session.write_out("No background process runs.\n");
    return 0;
  }
  client->stop_server(/*keep=*/false, stop);
  session.write_out("The background process " + std::to_string(client->pid()) + " is stopped.\n");
  return 0;
}

UniqueFd ready_fd(const Arguments& arguments) {
  const auto number = arguments.number("ready-fd");
  if (!number || *number < 3 || ::fcntl(*number, F_GETFD) < 0) return {};
  ::fcntl(*number, F_SETFD, FD_CLOEXEC);
  return UniqueFd(*number);
}

}  // namespace

int run_background(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  if (arguments.flag("stop")) return stop_server(core, session, signals.token());
  auto ready = ready_fd(arguments);
  if (ready) std::filesystem::current_path("/");  // it outlives the folder that it was started in
  const auto settings = core.settings({}, nullptr);
  server::serve({.place = server_place(core),
                 .version = std::string(own_version),
                 .names_port = static_cast<int>(settings.number("port_names")),
                 .guests = session.guests ? session.guests(session) : std::vector<server::Guest>(),
                 .ready = std::move(ready)},
                *log, signals.token());
  return 0;
}

}  // namespace fairlead::cli
