#include "engine/session.hpp"

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
  call.on_event = [&](const Event& event) {
    if (!event.started || !options.on_started) return;
    const auto tell = std::exchange(options.on_started, nullptr);
    tell(std::make_shared<BackendExecControl>(session.backend, *event.started));
  };
  return session.backend->exec(request, std::move(call)).exit_code;
}

}  // namespace fairlead
