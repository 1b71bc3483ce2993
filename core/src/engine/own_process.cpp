#include "engine/own_process.hpp"

#include "base/time.hpp"
#include "engine/commands.hpp"
#include "engine/deadlines.hpp"
#include "engine/description.hpp"
#include "engine/session.hpp"

#include <fairlead/engine.hpp>

#include <algorithm>
#include <thread>

namespace fairlead {
namespace {

constexpr std::chrono::milliseconds enough{100};
constexpr std::chrono::milliseconds interval{20};

/// A command that ended by itself has reasons of its own: with its container it would be killed.
bool ended_by_itself(const Error& error) {
  constexpr int killed = 128 + 9;
  const auto* failure = dynamic_cast<const HookFailure*>(&error);
  return failure != nullptr && failure->status() != killed;
}

/// How long it runs already: others of its group may have needed longer. By the clock of the
/// engine, which may be on another machine; so never longer than the making of it has taken.
std::chrono::milliseconds head_start(const InstanceInfo& instance,
                                     std::chrono::steady_clock::duration making) {
  using std::chrono::milliseconds;
  const auto started = unix_milliseconds(instance.started);
  if (!started) return milliseconds(0);
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto most = std::chrono::duration_cast<milliseconds>(making);
  return std::clamp(now - *started, milliseconds(0), std::max(most, milliseconds(0)));
}

}  // namespace

OwnProcess::OwnProcess(const Core& core, const Workspace& workspace, const Found& found,
                       const CreatedInstance& made, bool ran, Clock::time_point began)
    : backend_(*found.backend),
      id_(made.instance.id),
      watched_(!ran && !merged_for_instance(core, workspace, made.instance)
                            .override_command.value_or(!found.group)),
      end_(Clock::now()) {
  if (core.mode() != Mode::drop_in)
    end_ += enough - head_start(made.instance, Clock::now() - began);
}

void OwnProcess::look(const std::stop_token& stop) const {
  if (!watched_ || stop.stop_requested()) return;
  const auto now = backend_.inspect({.id = id_}, question(stop));
  if (now.state == InstanceState::running) return;
  throw OperationError(
      Error(Status::failed, "environment.ended",
            "The container's own process has ended (" + now.status + ").",
            "overrideCommand is not in force, so the container's own command has to keep running; "
            "set it to true, or look at what was printed with `fairlead logs`."),
      "An error occurred setting up the container.", id_);
}

void OwnProcess::look_behind(const Error& error, const std::stop_token& stop) const {
  if (error.code() == "environment.ended" || ended_by_itself(error)) return;
  try {
    look(stop);
  } catch (const OperationError&) {
    throw;
  } catch (const Error&) {
    return;  // it could not be asked; what went wrong first is what matters
  }
}

void OwnProcess::watch(const std::stop_token& stop) const {
  for (look(stop); watched_ && Clock::now() < end_ && !stop.stop_requested(); look(stop)) {
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace fairlead
