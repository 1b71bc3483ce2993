#include "engine/relay_exec.hpp"

#include "engine/enter_cache.hpp"
#include "engine/relay_mount.hpp"
#include "engine/resident_relay.hpp"
#include "engine/the_host.hpp"
#include "ports/relay_session.hpp"

#include <fairlead/core.hpp>

#include <utility>

namespace fairlead {
namespace {

/// A frame of the relay holds no more; half of it is kept for the variables of the terminal and the
/// like.
constexpr std::size_t most_bytes = 50000;

class RelayControl final : public ExecControl {
 public:
  explicit RelayControl(std::shared_ptr<ports::RelayCommand> command)
      : command_(std::move(command)) {}
  void resize(TerminalSize size) override { command_->resize(size); }
  void signal(const std::string& name) override { command_->signal(name); }

 private:
  std::shared_ptr<ports::RelayCommand> command_;
};

bool fits(const Session& session, const ExecOptions& options) {
  std::size_t size = 0;
  for (const auto& word : options.argv) size += word.size() + 2;
  for (const auto& [name, value] : session.environment.set) size += name.size() + value.size() + 3;
  return size < most_bytes;
}

/// The environment may work, only the relay cannot be had: an exec of the engine says so if it is
/// not true.
bool can_do_without(const Error& error) {
  const bool of_the_relay = error.code() == "relay.place" || error.code() == "relay.missing" ||
                            error.code() == "relay.version" || error.code() == "relay.start";
  return of_the_relay || error.status() == Status::timeout || error.status() == Status::conflict ||
         error.status() == Status::not_found;
}

}  // namespace

ExecVia usual_way(const Core& core, const Settings& settings) {
  if (core.mode() == Mode::drop_in) return ExecVia::engine;
  const auto& word = settings.text("exec_via");
  if (word == "relay") return ExecVia::relay;
  return word == "engine" ? ExecVia::engine : ExecVia::automatic;
}

std::shared_ptr<ports::RelaySession> relay_for(Core& core, ExecVia via, const Session& session,
                                               const std::shared_ptr<Backend>& backend,
                                               const ExecOptions& options, bool is_here,
                                               const std::stop_token& stop) {
  if (via == ExecVia::engine) return nullptr;
  const bool may_do_without = via == ExecVia::automatic;
  // What a relay leaves on a host stays there.
  if (may_do_without && (!fits(session, options) || is_the_host(session.instance))) return nullptr;
  const auto& user = session.inside.user;
  if (auto known = resident_relay(core, backend->name(), session.instance.id, user)) return known;
  // Over a connection each step of a start is a round trip, and its loss is to be called by its
  // name.
  if (may_do_without && !is_here) return nullptr;
  if (may_do_without && relay_is_hopeless(core, backend->name(), session.instance, user)) {
    return nullptr;
  }
  renew_relay_folder(core);
  try {
    return ports::RelaySession::start(backend, session.instance.id, user, {.stop = stop});
  } catch (const Error& error) {
    if (!may_do_without || !can_do_without(error)) throw;
    const bool soon_over = error.status() == Status::conflict || error.code() == "relay.missing";
    if (!soon_over) remember_hopeless_relay(core, backend->name(), session.instance, user);
    core.log().text(LogLevel::debug, "Without the relay: " + error.message());
    return nullptr;
  }
}

int run_by_relay(ports::RelaySession& relay, const Session& session, ExecOptions options,
                 const std::stop_token& stop) {
  const std::shared_ptr<ports::RelayCommand> command =
      relay.run({.argv = std::move(options.argv),
                 .env = session.environment.set,
                 .working_directory = session.working_directory,
                 .terminal = options.terminal,
                 .in = std::move(options.in),
                 .out = std::move(options.out),
                 .err = std::move(options.err)});
  if (options.on_started) options.on_started(std::make_shared<RelayControl>(command));
  return command->wait(stop);
}

}  // namespace fairlead
