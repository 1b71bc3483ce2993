#include "base/pipe.hpp"
#include "engine/commands.hpp"
#include "engine/hooks.hpp"
#include "engine/synced_folder.hpp"
#include "engine/workspace.hpp"

#include <fcntl.h>

namespace fairlead {
namespace {

int run_on(Host& host, const std::vector<std::string>& argv, const std::string& folder,
           const OutputSink& output, std::stop_token stop) {
  auto pipe = make_pipe();
  CallOptions options{.stop = std::move(stop)};
  SpawnRequest request{.argv = argv, .working_directory = folder};
  request.out = options.pass(UniqueFd(::fcntl(pipe.write_end.get(), F_DUPFD_CLOEXEC, 0)));
  request.err = options.pass(std::move(pipe.write_end));
  const PipeReader reader(std::move(pipe.read_end), output);
  return host.spawn(request, std::move(options)).exit_code;
}

}  // namespace

void run_initialize_command(Core& core, const Workspace& workspace, std::stop_token stop) {
  const auto& synced = workspace.synced;
  const bool there =
      workspace.remote || (synced && workspace.settings.text("initialize_on") == "host");
  const auto host = there ? core.host(workspace.settings) : local_host();
  const auto& here = workspace.document->workspace.local_folder;
  const auto folder = there && synced ? synced->path_there(here) : here;
  const CommandRunner run = [&](const std::vector<std::string>& argv, const OutputSink& output) {
    return run_on(*host, argv, folder, output, stop);
  };
  try {
    run_lifecycle_command(core, {.hook = "initializeCommand", .origin = "devcontainer.json"},
                          workspace.config.initialize_command, run);
  } catch (const Error& error) {  // a command that fails, and one that cannot be started
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "The initializeCommand in the devcontainer.json failed.");
  }
}

}  // namespace fairlead
