#include "exec_end.hpp"
#include "exec_signal.hpp"

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/engine/relay.hpp>
#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

/// Commands in a container.
namespace fairlead::engine {
namespace {

using namespace std::chrono_literals;

constexpr int exit_of_sigpipe = 128 + 13;
/// An announcement comes with the end of the output; to ask takes longer than this over a link.
constexpr auto announcement_patience = 30ms;

ExecName create_exec(Client& client, ExecRequest request, bool remote, const sdk::Call& call) {
  ExecName exec;
  if (remote) {
    exec.marker = new_marker();
    request.env[marker_variable] = exec.marker;
  }
  const auto created =
      client.send({{.method = "POST",
                    .target = "/containers/" + percent_encoded(request.id) + "/exec",
                    .body = exec_create_body(request)},
                   {SubjectKind::instance, request.id}},
                  call);
  exec.id = id_from(created.body);
  return exec;
}

RawStream start_exec(Client& client, const ExecName& exec, const ExecRequest& request,
                     const sdk::Call& call) {
  return client.hijack({{.method = "POST",
                         .target = "/exec/" + exec.id + "/start",
                         .body = exec_start_body(request)},
                        {SubjectKind::exec, exec.id}},
                       call);
}

void resize(Client& client, const std::string& exec, const TerminalSize& size,
            const sdk::Call& call) {
  client.send({{.method = "POST", .target = resize_target(exec, size)}, {SubjectKind::exec, exec}},
              call);
}

ExecState state_of(Client& client, const ExecName& exec, const sdk::Call& call) {
  return exec_state_from(
      client.send({{.target = "/exec/" + exec.id + "/json"}, {SubjectKind::exec, exec.id}}, call)
          .body);
}

/// Engines before API 1.42 take the size only once the process runs, which may be a moment after
/// the start was answered. A command that has ended meanwhile needs none.
void first_resize(Client& client, const ExecName& exec, const TerminalSize& size,
                  const sdk::Call& call) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    try {
      return resize(client, exec.id, size, call);
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
    }
    if (state_of(client, exec, call).ended) return;
    pause_for(10ms, call);
  }
}

Error connection_lost() {
  return Error(Status::unavailable, "host.lost",
               "The connection to the host was lost while the command ran; how it ended is not "
               "known.",
               "Run the command again: it connects anew.");
}

/// The process that carries a connection to an engine elsewhere. With its end the stream ends as
/// with the command's, which only this tells apart.
class Carrier {
 public:
  Carrier() = default;
  explicit Carrier(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0) return;
    process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, peer.pid, 0)));
  }
  bool has_ended() const {
    pollfd watched{process_.get(), POLLIN, 0};
    return process_ && ::poll(&watched, 1, 0) > 0;
  }

 private:
  UniqueFd process_;
};

/// The stream ends a moment before the engine has booked the command's end.
int exit_code_of(Client& client, const ExecName& exec, const Carrier& carrier,
                 const sdk::Call& call) {
  for (auto wait = 1ms;; wait = std::min<std::chrono::milliseconds>(wait * 2, 100ms)) {
    try {
      const auto state = state_of(client, exec, call);
      if (!state.running) return state.exit_code;
    } catch (const Error& error) {
      if (error.status() == Status::unavailable && carrier.has_ended()) throw connection_lost();
      throw;
    }
    if (carrier.has_ended()) throw connection_lost();
    pause_for(wait, call);
  }
}

/// A runtime's refusal to start the command is an exit status, as with the docker client.
int failed_start(const Error& error, const UniqueFd& err) {
  const int code = exit_code_of_failed_start(error.message());
  if (code == 0) throw error;
  const auto text = error.message() + "\n";
  if (err) (void)!::write(err.get(), text.data(), text.size());
  return code;
}

}  // namespace

ExecReply EngineBackend::exec(const ExecRequest& request, sdk::Call& call) {
  RelayEnds ends{call.take(request.in), call.take(request.out), call.take(request.err),
                 !request.terminal.has_value()};
  const bool local = is_local(call);
  const auto exec = create_exec(client(), request, processes_elsewhere_ || !local, call);
  bool asked = false;  // to start
  bool started = false;
  Carrier carrier;
  std::optional<ExecEnd> announced;
  try {
    if (!local) announced.emplace(client(), request.id, exec.id);
    call.throw_if_cancelled();
    asked = true;
    auto stream = start_exec(client(), exec, request, call);
    started = true;
    if (!local) carrier = Carrier(stream.transport->fd());
    // Before anybody may ask for another size.
    if (request.terminal) first_resize(client(), exec, request.terminal->size, call);
    call.emit({.started = exec.text()});
    if (relay(stream, std::move(ends), call) == RelayResult::output_closed) {
      end_exec(client(), exec);
      return {exit_of_sigpipe};
    }
    if (const auto code = announced ? announced->exit_code(announcement_patience) : std::nullopt) {
      return {*code};
    }
    return {exit_code_of(client(), exec, carrier, call)};
  } catch (const Error& error) {
    const bool gone = error.code() == "engine.gone";
    if (gone && started && carrier.has_ended()) {
      end_exec(client(), exec);
      throw connection_lost();
    }
    const bool cancelled = error.status() == Status::cancelled;
    const bool ends_by_itself = cancelled && started && request.ends_with_input;
    if ((cancelled || (started && !gone)) && !ends_by_itself) end_exec(client(), exec, asked);
    if (started || (error.status() != Status::invalid && error.status() != Status::failed)) throw;
    return {failed_start(error, ends.err)};
  }
}

Empty EngineBackend::exec_control(const ExecControlRequest& request, sdk::Call& call) {
  const auto exec = exec_name_from(request.exec);
  if (request.resize) resize(client(), exec.id, *request.resize, call);
  if (!request.signal.empty()) signal_exec(client(), exec, request.signal, call);
  return {};
}

}  // namespace fairlead::engine
