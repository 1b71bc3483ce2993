#pragma once

#include <fairlead/engine/client.hpp>
#include <fairlead/sdk/call.hpp>

#include <string>

namespace fairlead::engine {

/// An exec as `started` names it: the engine's id, and the marker in its environment by which its
/// processes are found when they run on another machine ("id:marker").
struct ExecName {
  std::string id;
  std::string marker;

  std::string text() const { return marker.empty() ? id : id + ":" + marker; }
};
ExecName exec_name_from(const std::string& text);

/// `pid`, as the engine numbers it, is a process of `container` in our own /proc. An engine in a
/// virtual machine, or one whose socket was mounted into our own container, is local all the same.
bool is_in_container(int pid, const std::string& container);

/// The variable that carries the marker.
inline constexpr auto marker_variable = "FAIRLEAD_EXEC";
/// A new random marker.
std::string new_marker();

/// Sends `signal` ("TERM") to the process group of a running exec. The Engine API has no such call:
/// a process that is ours to see is signalled straight, any other by a command in its container.
/// Throws Error(invalid, "exec.signal") for an unknown name and Error(not_found, "exec.not_found")
/// when the command has ended.
void signal_exec(Client& client, const ExecName& exec, const std::string& signal,
                 const sdk::Call& call);

/// Ends the exec and everything in its session: TERM, then KILL after 2 s. Never throws; takes at
/// most 4.5 s, whatever has become of the call that it belonged to. One that was `asked` to start
/// and does not run yet is waited for.
void end_exec(Client& client, const ExecName& exec, bool asked = true) noexcept;

}  // namespace fairlead::engine
