#include "exec_signal.hpp"

#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

namespace fairlead::engine {
namespace {

using namespace std::chrono_literals;

std::string slurp(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The session of a process: the fourth word behind the name, which may contain anything.
int session_of(int pid) {
  const auto stat = slurp("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream words(stat.substr(name_end + 1));
  std::string state;
  int parent = 0;
  int group = 0;
  int session = 0;
  words >> state >> parent >> group >> session;
  return state == "Z" ? 0 : session;
}

std::vector<int> session_members(int leader, const std::string& container) {
  std::vector<int> members;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), ::closedir);
  if (!proc) return members;
  while (const auto* entry = ::readdir(proc.get())) {
    int pid = 0;
    const std::string_view name = entry->d_name;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    if (pid > 0 && session_of(pid) == leader && is_in_container(pid, container)) {
      members.push_back(pid);
    }
  }
  return members;
}

int signal_number(std::string name) {
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (int number = 1; number < NSIG; ++number) {
    const auto* known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) return number;
  }
  throw Error(Status::invalid, "exec.signal", "There is no signal '" + name + "'.");
}

std::string signal_name(int number) { return ::sigabbrev_np(number); }

ExecState state_of(Client& client, const ExecName& exec, const sdk::Call& call) {
  return exec_state_from(
      client.send({{.target = "/exec/" + exec.id + "/json"}, {SubjectKind::exec, exec.id}}, call)
          .body);
}

/// The command's first output may arrive before the engine has booked its process: waited for.
ExecState started_state_of(Client& client, const ExecName& exec, const sdk::Call& call) {
  const auto deadline = std::chrono::steady_clock::now() + 9s;  // a busy machine's engine
  auto state = state_of(client, exec, call);
  while (!state.ended && state.pid == 0 && std::chrono::steady_clock::now() < deadline) {
    pause_for(5ms, call);
    state = state_of(client, exec, call);
  }
  return state;
}

/// The process id as the container numbers it; 0: it is not our /proc.
int inner_pid(int pid) {
  const auto status = slurp("/proc/" + std::to_string(pid) + "/status");
  const auto line = status.find("\nNSpid:");
  if (line == std::string::npos) return 0;
  std::istringstream words(status.substr(line + 7, status.find('\n', line + 1) - line - 7));
  int last = 0;
  while (words >> last) {
  }
  return last;
}

/// Runs a shell command in the container and waits for its end.
void run_inside(Client& client, const std::string& container, const std::string& user,
                const std::string& script, const sdk::Call& call) {
  ExecRequest request;
  request.argv = {"/bin/sh", "-c", script};
  request.user = user;
  const Subject subject{SubjectKind::instance, container};
  const auto created = client.send({{.method = "POST",
                                     .target = "/containers/" + container + "/exec",
                                     .body = exec_create_body(request)},
                                    subject},
                                   call);
  client.send({{.method = "POST",
                .target = "/exec/" + id_from(created.body) + "/start",
                .body = exec_start_body(request)},
               subject},
              call);
}

enum class Reach { group, session };

/// Every process group whose leader inherited the marker, and with `session` every process that
/// did, whoever leads it; the command's own shell has it only in its arguments.
std::string script_by_marker(const std::string& marker, int signal, Reach reach) {
  const auto kill = "kill -" + signal_name(signal);
  const auto each = reach == Reach::session ? kill + " ${d#/proc/} 2>/dev/null; " : std::string();
  return "for d in /proc/[0-9]*; do case \"$(cat $d/environ 2>/dev/null)\" in *" +
         std::string(marker_variable) + "=" + marker + "*) " + kill +
         " -- -${d#/proc/} 2>/dev/null; " + each + ":;; esac; done; :";
}

/// True when the processes are in our own /proc and could be signalled from here.
bool signal_from_here(const ExecState& state, int signal, Reach reach) {
  if (!is_in_container(state.pid, state.instance)) return false;
  if (::kill(-state.pid, signal) != 0 && errno == EPERM) return false;
  if (reach == Reach::session) {
    for (const int pid : session_members(state.pid, state.instance)) ::kill(pid, signal);
  }
  return true;
}

void send_signal(Client& client, const ExecName& exec, const ExecState& state, int signal,
                 Reach reach, const sdk::Call& call) {
  if (signal_from_here(state, signal, reach)) return;
  if (!exec.marker.empty()) {
    // As the command's own user: root in a container may not read what others' processes inherited.
    return run_inside(client, state.instance, state.user,
                      script_by_marker(exec.marker, signal, reach), call);
  }
  const bool ours_to_see = is_in_container(state.pid, state.instance);
  if (const int pid = ours_to_see ? inner_pid(state.pid) : 0; pid > 0) {
    const auto script = "kill -" + signal_name(signal) + " -- -" + std::to_string(pid);
    return run_inside(client, state.instance, "0", script, call);
  }
  throw Error(Status::unsupported, "exec.signal",
              "The command's process cannot be found, so it cannot be signalled.");
}

/// A cancelled call has five seconds in all, and a busy machine's engine may take most of them to
/// come to what it was asked for.
constexpr auto end_limit = 4500ms;
constexpr auto start_limit = end_limit - 500ms;  // the rest is KILL's

/// An exec that was asked to start may not have come to it yet.
void end_within(Client& client, const ExecName& exec, bool asked, const sdk::Call& call) {
  const auto begin = std::chrono::steady_clock::now();
  const auto after = [&](auto limit) { return std::chrono::steady_clock::now() - begin > limit; };
  int last_signal = 0;
  int pid = 0;
  std::string container;
  for (;; pause_for(20ms, call)) {
    const auto state = state_of(client, exec, call);
    if (state.ended) break;
    if (state.pid == 0) {
      if (!asked || after(start_limit)) return;  // never started
      continue;
    }
    pid = state.pid;
    container = state.instance;
    const int signal = after(2s) ? SIGKILL : SIGTERM;
    if (signal == last_signal) continue;
    send_signal(client, exec, state, signal, Reach::session, call);
    last_signal = signal;
  }
  // What the command left behind in its session.
  if (pid == 0) return;
  for (const int left : session_members(pid, container)) ::kill(left, SIGKILL);
}

}  // namespace

/// A container's id in a process's cgroups proves that the process id is of our own /proc and that
/// it was not given to another process meanwhile.
bool is_in_container(int pid, const std::string& container) {
  return !container.empty() &&
         slurp("/proc/" + std::to_string(pid) + "/cgroup").find(container) != std::string::npos;
}

ExecName exec_name_from(const std::string& text) {
  const auto colon = text.find(':');
  return {text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)};
}

std::string new_marker() {
  std::uint64_t number = 0;
  (void)::getrandom(&number, sizeof number, 0);
  std::ostringstream text;
  text << std::hex << number;
  return text.str();
}

void signal_exec(Client& client, const ExecName& exec, const std::string& signal,
                 const sdk::Call& call) {
  const int number = signal_number(signal);
  const auto state = started_state_of(client, exec, call);
  if (!state.running) {
    throw Error(Status::not_found, "exec.not_found", "The command is not running.");
  }
  send_signal(client, exec, state, number, Reach::group, call);
}

void end_exec(Client& client, const ExecName& exec, bool asked) noexcept {
  try {
    const OwnCall own(end_limit);
    end_within(client, exec, asked, own.call());
  } catch (
      const std::exception&) {  // best effort: the engine may be gone, and the call has its end
    return;
  }
}

}  // namespace fairlead::engine
