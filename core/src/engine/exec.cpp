#include "engine/session.hpp"

#include <future>

namespace fairlead {
namespace {

/// Steers the command through the backend; the id comes with the call's first event.
class BackendExecControl : public ExecControl {
 public:
  BackendExecControl(Backend& backend, std::string exec)
      : backend_(backend), exec_(std::move(exec)) {}

  void resize(TerminalSize size) override {
    backend_.exec_control({.exec = exec_, .resize = size}, {});
  }
  void signal(const std::string& name) override {
    backend_.exec_control({.exec = exec_, .signal = name}, {});
  }

 private:
  Backend& backend_;
  std::string exec_;
};

}  // namespace

int exec(Core& core, ExecOptions options, std::stop_token stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, options.selection));
  const auto found = require_environment(core, workspace, options.selection, stop);
  const auto session = open_session(core, workspace, found.backend, running_instance(found, stop),
                                    options.remote, /*need_markers=*/false, stop);
  ExecRequest request{.id = session.instance.id,
                      .argv = with_unset(session.environment, std::move(options.argv)),
                      .env = session.environment.set,
                      .user = session.inside.user,
                      .working_directory = session.working_directory,
                      .terminal = options.terminal};
  CallOptions call{.stop = stop};
  if (options.in) request.in = call.pass(std::move(options.in));
  if (options.out) request.out = call.pass(std::move(options.out));
  if (options.err) request.err = call.pass(std::move(options.err));
  std::unique_ptr<BackendExecControl> control;
  call.on_event = [&](const Event& event) {
    if (!event.started || control) return;
    control = std::make_unique<BackendExecControl>(*session.backend, *event.started);
    if (options.on_started) options.on_started(*control);
  };
  return session.backend->exec(request, std::move(call)).exit_code;
}

}  // namespace fairlead
