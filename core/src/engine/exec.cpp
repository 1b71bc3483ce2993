#include "engine/relay_exec.hpp"
#include "engine/session.hpp"
#include "engine/user_session.hpp"
#include "ports/relay_session.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace fairlead {
namespace {

/// A frontend asks while it holds a lock: an engine that hangs must not hang it, too.
constexpr std::chrono::seconds control_limit{10};

/// Steers the command through the backend; the id comes with the call's first event.
class BackendExecControl : public ExecControl {
 public:
  BackendExecControl(std::shared_ptr<Backend> backend, std::string exec)
      : backend_(std::move(backend)), exec_(std::move(exec)) {}

  void resize(TerminalSize size) override {
    backend_->exec_control({.exec = exec_, .resize = size}, {.timeout = control_limit});
  }
  void signal(const std::string& name) override {
    backend_->exec_control({.exec = exec_, .signal = name}, {.timeout = control_limit});
  }

 private:
  std::shared_ptr<Backend> backend_;
  std::string exec_;
};

/// An image's user may have a shell that is not there, and one that lets nobody in.
constexpr const char* shell_script = R"sh(
case ${1##*/} in nologin|false|true|sync) ;; *) command -v "$1" >/dev/null 2>&1 && exec "$1" ;; esac
[ -z "$1" ] || echo "fairlead: the user's shell $1 cannot be used; /bin/sh instead" >&2
exec /bin/sh
)sh";

/// The shell reads commands when it has no terminal, and is interactive when it has.
void make_shell(ExecOptions& options, Session& session) {
  options.argv = {"/bin/sh", "-c", shell_script, "sh", session.inside.shell};
  if (!session.inside.shell.empty()) {
    session.environment.set.try_emplace("SHELL", session.inside.shell);
  }
}

ExecRequest request_of(const Session& session, ExecOptions& options, CallOptions& call) {
  ExecRequest request{.id = session.instance.id,
                      .argv = with_unset(session.environment, std::move(options.argv)),
                      .env = session.environment.set,
                      .user = session.inside.user,
                      .working_directory = session.working_directory,
                      .terminal = options.terminal};
  if (options.in) request.in = call.pass(std::move(options.in));
  if (options.out) request.out = call.pass(std::move(options.out));
  if (options.err) request.err = call.pass(std::move(options.err));
  return request;
}

int run_inside(const Session& session, ExecOptions options, const std::stop_token& stop) {
  bool started = false;
  CallOptions call{.stop = stop};
  const auto request = request_of(session, options, call);
  call.on_event = [&](const Event& event) {
    if (!event.started || std::exchange(started, true) || !options.on_started) return;
    options.on_started(std::make_shared<BackendExecControl>(session.backend, *event.started));
  };
  return session.backend->exec(request, std::move(call)).exit_code;
}

/// The time in which the terminal is the command's, however it ends.
class Turn {
 public:
  explicit Turn(const ExecOptions& options) : on_ended_(options.on_ended) {
    if (options.on_started) options.on_started(nullptr);
  }
  ~Turn() {
    if (on_ended_) on_ended_();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  const std::function<void()> on_ended_;
};

/// Over a link the relay goes with the connection that carries it.
int run_by_far_relay(const Workspace& workspace, ports::RelaySession& relay, const Session& session,
                     ExecOptions options, const std::stop_token& stop) {
  try {
    return run_by_relay(relay, session, std::move(options), stop);
  } catch (const Error& error) {
    if (error.code() != "relay.gone") throw;
    throw Error(Status::unavailable, "host.lost",
                "The connection to " + workspace.settings.text("host") +
                    " was lost while the command ran; how it ended is not known.",
                "The next command connects anew.");
  }
}

}  // namespace

int exec(Core& core, ExecOptions options, std::stop_token stop) {
  return exec_via(core, std::nullopt, std::move(options), std::move(stop));
}

int exec_via(Core& core, std::optional<ExecVia> wanted, ExecOptions options, std::stop_token stop) {
  auto workspace = open_workspace(core, options.selection, stop);
  // The reference's exec leaves the variable as it is.
  if (core.mode() == Mode::fairlead) workspace = with_devcontainer_id(std::move(workspace));
  const auto found = require_environment(core, workspace, options.selection, stop);
  // What the configuration says of user, folder and variables is said of its own service.
  if (!options.selection.service.empty() &&
      found.instance->service != workspace.config.compose.service)
    workspace.document.reset();
  std::optional<UserSession> user_session;
  if (options.session) user_session.emplace(core, *found.backend, found.instance->id, stop);
  const auto instance = running_instance(found, stop);
  std::optional<Turn> turn(std::in_place, options);
  auto session = open_session(core, workspace, found.backend, instance, options.remote,
                              /*need_markers=*/false, stop);
  if (options.shell) make_shell(options, session);
  const auto via = wanted.value_or(usual_way(core, workspace.settings));
  if (via == ExecVia::engine) session.backend = found.backend;
  const bool is_here = workspace.settings.text("host") == "local";
  const auto relay = relay_for(core, via, session, found.backend, options, is_here, stop);
  int status = 0;
  if (relay) {
    options.argv = with_unset(session.environment, std::move(options.argv));
    status = is_here ? run_by_relay(*relay, session, std::move(options), stop)
                     : run_by_far_relay(workspace, *relay, session, std::move(options), stop);
  } else {
    status = run_inside(session, std::move(options), stop);
  }
  turn.reset();
  if (user_session) user_session->end(core, workspace, session);
  return status;
}

}  // namespace fairlead
