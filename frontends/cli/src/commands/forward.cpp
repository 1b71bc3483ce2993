#include "commands/commands.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace fairlead::cli {
namespace {

std::vector<ForwardWish> wishes_of(const Arguments& arguments) {
  std::vector<ForwardWish> wishes;
  for (const auto& word : arguments.positionals()) {
    auto wish = parse_forward(word);
    wish.reverse = arguments.flag("reverse");
    wish.addresses = arguments.list("address");
    if (!wish.local_socket.empty() && !wish.reverse)
      wish.local_socket = (std::filesystem::path(arguments.working_directory()) / wish.local_socket)
                              .lexically_normal()
                              .string();
    wishes.push_back(std::move(wish));
  }
  return wishes;
}

void show(const ForwardInfo& forward, const Arguments& arguments, Session& session) {
  if (!forward.note.empty()) session.write_err(forward.note + '\n');
  session.write_out(wants_json(arguments, session) ? forward_json(forward) + '\n'
                                                   : forward_line(forward) + '\n');
}

int in_background(const Core& core, const Arguments& arguments, Session& session,
                  const std::vector<ForwardWish>& wishes, const std::stop_token& stop) {
  auto client = start_server(core, session, stop);
  const auto view = client.forward(caller_of(arguments), {.wishes = wishes}, stop);
  for (const auto& wish : wishes) {
    for (const auto& forward : view.forwards) {
      if (forward.target == wish.target && forward.reverse == wish.reverse)
        show(forward, arguments, session);
    }
  }
  for (const auto& line : view.failures) session.write_err("fairlead: " + line + '\n');
  return view.failures.empty() ? 0 : 1;
}

/// Until a signal comes or the environment is gone.
int in_foreground(Core& core, const Arguments& arguments, Session& session,
                  const std::vector<ForwardWish>& wishes, const StopOnSignal& signals) {
  std::mutex mutex;
  std::condition_variable_any wake;
  bool gone = false;
  const auto stop = signals.token();
  EnvironmentPorts ports(
      core, selection_of(arguments),
      [&](const PortEvent& event) {
        if (event.kind != PortEvent::Kind::environment_gone) return;
        const std::lock_guard lock(mutex);
        gone = true;
        wake.notify_all();
      },
      stop);
  for (const auto& wish : wishes) show(ports.add(wish, stop), arguments, session);
  std::unique_lock lock(mutex);
  wake.wait(lock, stop, [&] { return gone; });
  if (!gone) return signals.exit_code_of_waiting();
  session.write_err("The dev container was removed.\n");
  return 1;
}

}  // namespace

int run_forward(const Arguments& arguments, Session& session) {
  const auto wishes = wishes_of(arguments);
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  if (arguments.flag("background"))
    return in_background(core, arguments, session, wishes, signals.token());
  return in_foreground(core, arguments, session, wishes, signals);
}

int run_unforward(const Arguments& arguments, Session& session) {
  std::vector<PortTarget> targets;
  for (const auto& word : arguments.positionals()) targets.push_back(parse_forward(word).target);
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  std::vector<ForwardInfo> ended;
  revive_forwards(arguments, session);
  if (auto client = server::Client::connect(server_place(core), signals.token())) {
    ended = client->unforward(caller_of(arguments), targets, arguments.flag("reverse"),
                              signals.token());
  }
  const auto is_there = [&](const PortTarget& target) {
    return std::ranges::any_of(ended, [&](const auto& one) { return one.target == target; });
  };
  const int status = std::ranges::all_of(targets, is_there) ? 0 : 1;
  if (wants_json(arguments, session)) {
    session.write_out("{\"ended\":" + forwards_json(ended) + "}\n");
    return status;
  }
  for (const auto& forward : ended) session.write_out("Ended: " + forward_line(forward) + '\n');
  if (ended.empty() && targets.empty()) session.write_out("Nothing is forwarded.\n");
  for (const auto& target : targets) {
    if (!is_there(target))
      session.write_err("fairlead: " + to_text(target) +
                        " is not forwarded in the background; `fairlead ports` shows what is.\n");
  }
  return status;
}

}  // namespace fairlead::cli
