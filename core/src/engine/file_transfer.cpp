#include "engine/file_transfer.hpp"

#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/relay_mount.hpp"
#include "ports/relay_session.hpp"

#include <fairlead/relay/requests.hpp>

#include <fcntl.h>

#include <utility>

namespace fairlead {
namespace {

/// The same descriptor once more: the backend's call takes its own over, and may refuse.
UniqueFd copy_of(const CallOptions& options, FdRef ref) {
  const auto index = static_cast<std::size_t>(ref.fd);
  if (!ref || index >= options.fds.size()) return {};
  return UniqueFd(::fcntl(options.fds[index].get(), F_DUPFD_CLOEXEC, 0));
}

std::unique_ptr<ports::RelaySession> relay_of_root(const Core& core, Backend& backend,
                                                   const std::string& instance,
                                                   const std::stop_token& stop) {
  renew_relay_folder(core);
  const std::shared_ptr<Backend> not_ours(std::shared_ptr<void>(), &backend);
  try {
    return ports::RelaySession::start(not_ours, instance, "0", {.stop = stop});
  } catch (const Error& error) {
    if (error.status() != Status::unsupported || error.code().starts_with("relay.")) throw;
    return ports::RelaySession::start(not_ours, instance, {}, {.stop = stop});  // one user only
  }
}

/// Runs one of the relay's own commands; what it complains about is the failure.
void run_own(const Core& core, Backend& backend, const std::string& instance,
             ports::RelayRun command, const std::stop_token& stop) {
  const auto relay = relay_of_root(core, backend, instance, stop);
  auto err = make_pipe();
  command.err = std::move(err.write_end);
  std::string said;
  int status = 0;
  {
    const PipeReader reader(std::move(err.read_end), [&](std::string_view text) { said += text; });
    status = relay->run(std::move(command))->wait(stop);
  }
  if (status == 0) return;
  throw Error(Status::failed, "copy.archive",
              "Copying failed in the environment: " + std::string(trim(said)));
}

/// The relay itself, wherever it was put.
std::vector<std::string> own_command(std::string_view word, const std::string& path) {
  return {"/proc/self/exe", std::string(word), path};
}

}  // namespace

void copy_in_any_way(const Core& core, Backend& backend, const CopyInRequest& request,
                     CallOptions options) {
  auto archive = copy_of(options, request.archive);
  const auto stop = options.stop;
  try {
    return backend.copy_in(request, std::move(options));
  } catch (const Error& error) {
    if (error.status() != Status::unsupported) throw;
  }
  run_own(core, backend, request.id,
          {.argv = own_command(relay::unpack_word, request.path), .in = std::move(archive)}, stop);
}

void copy_out_any_way(const Core& core, Backend& backend, const CopyOutRequest& request,
                      CallOptions options) {
  auto archive = copy_of(options, request.archive);
  const auto stop = options.stop;
  try {
    return backend.copy_out(request, std::move(options));
  } catch (const Error& error) {
    if (error.status() != Status::unsupported) throw;
  }
  run_own(core, backend, request.id,
          {.argv = own_command(relay::pack_word, request.path), .out = std::move(archive)}, stop);
}

}  // namespace fairlead
