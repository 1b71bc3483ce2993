#include "image.hpp"
#include "log_reader.hpp"
#include "shim_process.hpp"
#include "stream.hpp"
#include "terminal.hpp"
#include "testbed_backend.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <optional>
#include <utility>

namespace fairlead::testbed {
namespace {

constexpr int grace_ms = 3000;

Record running(const Store& store, const std::string& id) {
  Record record = store.find(id);
  if (!record.running) {
    throw Error(Status::conflict, "instance.not_running", record.info.name + " is not running");
  }
  return record;
}

void demand(bool able, const std::string& capability) {
  if (able) return;
  throw Error(Status::unsupported, "testbed.unsupported", "switched off here: " + capability);
}

void check_capabilities(const Capabilities& able, const ExecRequest& request) {
  demand(able.exec_tty || !request.terminal, "exec_tty");
  demand(able.exec_user || request.user.empty(), "exec_user");
  demand(able.exec_env || request.env.empty(), "exec_env");
  demand(able.exec_cwd || request.working_directory.empty(), "exec_cwd");
}

ShimRequest join_request(const Record& record, const Effective& what, const ExecRequest& request) {
  ShimRequest shim;
  const std::string& user = request.user.empty() ? what.user : request.user;
  const std::string& directory =
      request.working_directory.empty() ? what.directory : request.working_directory;
  shim.words = {"--join", std::to_string(record.running->main), "--user", user, "--directory",
                directory};
  if (request.terminal) shim.words.push_back("--terminal");
  shim.words.push_back("--");
  shim.words.insert(shim.words.end(), request.argv.begin(), request.argv.end());
  shim.environment = with_variables(what.env, request.env);
  if (request.terminal) {
    shim.environment = with_variables(shim.environment, {{"TERM", request.terminal->term}});
  }
  return shim;
}

/// Reads the shim's words to their end; a cancelled call ends the command and then throws.
int follow(ShimProcess& shim, const sdk::Call& call, const std::function<void()>& on_pid) {
  bool announced = false;
  int ending = 0;  // 1: TERM sent, 2: KILL sent
  while (true) {
    std::array<pollfd, 2> entries = {pollfd{shim.words_fd(), POLLIN, 0},
                                     pollfd{ending == 0 ? call.cancel_fd() : -1, POLLIN, 0}};
    const int ready = ::poll(entries.data(), entries.size(), ending == 1 ? grace_ms : -1);
    if (ready < 0 && errno != EINTR) break;
    if (entries[0].revents != 0 && !shim.read_words()) break;
    if (shim.words().pid != 0 && !std::exchange(announced, true)) {
      on_pid();
      shim.release();
    }
    const bool end_it = (ending == 0 && entries[1].revents != 0) || (ending == 1 && ready == 0);
    if (!end_it || shim.words().pid == 0) continue;
    ::kill(-shim.words().pid, ending == 0 ? SIGTERM : SIGKILL);
    ++ending;
  }
  if (ending > 0) call.throw_if_cancelled();
  if (shim.words().exit_code < 0) {
    throw Error(Status::failed, "instance.exec",
                "the command could not be run: " + shim.words().error_text);
  }
  return shim.words().exit_code;
}

int signal_number(const std::string& name) {
  static const std::map<std::string, int> numbers = {
      {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"KILL", SIGKILL},
      {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"WINCH", SIGWINCH},
      {"CONT", SIGCONT}, {"STOP", SIGSTOP}};
  const auto found = numbers.find(name);
  if (found == numbers.end()) {
    throw Error(Status::invalid, "testbed.signal", "unknown signal " + name);
  }
  return found->second;
}

}  // namespace

std::string TestbedBackend::announce(Command command, const sdk::Call& call) {
  std::string id;
  {
    const std::lock_guard guard(mutex_);
    id = "exec-" + std::to_string(++last_command_);
    commands_[id] = command;
  }
  Event event;
  event.started = id;
  call.emit(event);
  return id;
}

ExecReply TestbedBackend::exec(const ExecRequest& request, sdk::Call& call) {
  const Record record = running(enter("exec", call), request.id);
  check_capabilities(capabilities_without(options_.refuse), request);
  ShimRequest shim_request =
      join_request(record, effective(options_.images, record.request), request);
  std::optional<TerminalPump> terminal;
  if (request.terminal) {
    terminal.emplace(request.terminal->size, call.take(request.in), call.take(request.out));
    shim_request.in = terminal->far_end();
    shim_request.out = terminal->far_end();
    shim_request.err = terminal->far_end();
  } else {
    shim_request.in = call.take(request.in);
    shim_request.out = call.take(request.out);
    shim_request.err = call.take(request.err);
  }
  ShimProcess shim(std::move(shim_request));
  if (terminal) terminal->start();
  std::string id;
  const auto forget = [&](void*) {
    const std::lock_guard guard(mutex_);
    commands_.erase(id);
  };
  const std::unique_ptr<void, decltype(forget)> forgetting(this, forget);
  const int code = follow(shim, call, [&] {
    id = announce({shim.words().pid, terminal ? &*terminal : nullptr}, call);
  });
  if (terminal) terminal->finish();
  return {code};
}

Empty TestbedBackend::exec_control(const ExecControlRequest& request, sdk::Call&) {
  const std::lock_guard guard(mutex_);
  const auto found = commands_.find(request.exec);
  if (found == commands_.end()) {
    throw Error(Status::not_found, "exec.not_found", "there is no running command " + request.exec);
  }
  if (request.resize && found->second.terminal != nullptr) {
    found->second.terminal->resize(*request.resize);
  }
  if (!request.signal.empty()) {
    ::kill(-found->second.process_group, signal_number(request.signal));
  }
  return {};
}

Empty TestbedBackend::logs(const LogsRequest& request, sdk::Call& call) {
  const Record record = enter("logs", call).find(request.id);
  read_logs(record.folder, request, call);
  return {};
}

void TestbedBackend::archive(const std::string& id, const std::vector<std::string>& argv,
                             UniqueFd in, UniqueFd out, sdk::Call& call) {
  const Record record = running(Store(options_.state), id);
  ExecRequest request;
  request.argv = argv;
  request.user = "0";
  request.working_directory = "/";
  ShimRequest shim_request =
      join_request(record, effective(options_.images, record.request), request);
  const UniqueFd complaints(::memfd_create("complaints", MFD_CLOEXEC));
  shim_request.in = std::move(in);
  shim_request.out = std::move(out);
  shim_request.err.reset(::dup(complaints.get()));
  ShimProcess shim(std::move(shim_request));
  if (follow(shim, call, [] {}) == 0) return;
  std::string text(4096, '\0');
  const ssize_t size = ::pread(complaints.get(), text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  throw Error(Status::failed, "instance.copy", "tar failed in the instance: " + text);
}

Empty TestbedBackend::copy_in(const CopyInRequest& request, sdk::Call& call) {
  enter("copy_in", call);
  demand(options_.refuse.count(copies) == 0, copies);
  archive(request.id, {"tar", "-x", "-f", "-", "-C", request.path}, call.take(request.archive), {},
          call);
  return {};
}

Empty TestbedBackend::copy_out(const CopyOutRequest& request, sdk::Call& call) {
  enter("copy_out", call);
  demand(options_.refuse.count(copies) == 0, copies);
  archive(request.id, {"tar", "-c", "-f", "-", "-C", request.path, "."}, {},
          call.take(request.archive), call);
  return {};
}

DialReply TestbedBackend::dial(const DialRequest& request, sdk::Call& call) {
  const Record record = running(enter("dial", call), request.id);
  demand(capabilities_without(options_.refuse).dial, "dial");
  UniqueFd stream = request.socket.empty() ? connect_tcp(request.host, request.port)
                                           : connect_unix(record.running->main, request.socket);
  return {call.attach(std::move(stream))};
}

}  // namespace fairlead::testbed
