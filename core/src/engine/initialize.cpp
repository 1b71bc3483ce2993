#include "base/pipe.hpp"
#include "engine/commands.hpp"
#include "engine/hooks.hpp"

#include <fcntl.h>

namespace fairlead {
namespace {

int run_here(const std::vector<std::string>& argv, const std::string& folder,
             const OutputSink& output, std::stop_token stop) {
  auto pipe = make_pipe();
  CallOptions options{.stop = std::move(stop)};
  SpawnRequest request{.argv = argv, .working_directory = folder};
  request.out = options.pass(UniqueFd(::fcntl(pipe.write_end.get(), F_DUPFD_CLOEXEC, 0)));
  request.err = options.pass(std::move(pipe.write_end));
  const PipeReader reader(std::move(pipe.read_end), output);
  return local_host()->spawn(request, std::move(options)).exit_code;
}

}  // namespace

void run_initialize_command(Core& core, const Config& config, const std::string& folder,
                            std::stop_token stop) {
  const CommandRunner run = [&](const std::vector<std::string>& argv, const OutputSink& output) {
    return run_here(argv, folder, output, stop);
  };
  try {
    run_lifecycle_command(core, {.hook = "initializeCommand", .origin = "devcontainer.json"},
                          config.initialize_command, run);
  } catch (const Error& error) {  // a command that fails, and one that cannot be started
    if (error.status() == Status::cancelled) throw;
    throw OperationError(error, "The initializeCommand in the devcontainer.json failed.");
  }
}

}  // namespace fairlead
