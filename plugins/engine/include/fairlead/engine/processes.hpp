#pragma once

#include <fairlead/model.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Execs: bodies and answers of the Engine API. Pure functions.
namespace fairlead::engine {

/// The body of POST /containers/ID/exec.
std::string exec_create_body(const ExecRequest& request);
/// The body of POST /exec/ID/start. The size reaches engines from API 1.42 on; older ones ignore
/// it and want a resize.
std::string exec_start_body(const ExecRequest& request);
/// "Id" of an answer. Throws Error(failed, "engine.malformed").
std::string id_from(std::string_view json);

struct ExecState {
  bool running = false;
  bool ended = false;  ///< it ran and its exit code is known
  int exit_code = 0;
  int pid = 0;  ///< on the engine's machine; 0: not known
  std::string instance;
  std::string user;  ///< as the exec was created with; empty: the container's own
};

/// The answer to GET /exec/ID/json. Throws Error(failed, "engine.malformed").
ExecState exec_state_from(std::string_view json);

/// The exit status that the docker client gives a command that could not be started, by the
/// runtime's complaint: 127 when it is not there, 126 when it cannot be executed; 0: another fault.
int exit_code_of_failed_start(std::string_view message);

/// One event of GET /events, already as our model. Lines that are no container event give an empty
/// id.
InstanceEvent instance_event_from(std::string_view line);
/// Path and query of GET /events for the containers with these labels.
std::string events_target(const WatchRequest& request);

/// Path and query of GET /events for the ends of commands in that container.
std::string exec_ends_target(const std::string& instance);
/// The exit status that a line of it announces for `exec`.
std::optional<int> exec_end_from(std::string_view line, std::string_view exec);

/// Path and query of GET /containers/ID/logs; a negative `tail` means all.
std::string logs_target(const LogsRequest& request);
/// Path and query of POST /exec/ID/resize.
std::string resize_target(const std::string& exec, const TerminalSize& size);

/// The answer to GET /version as a probe's reply, without capabilities.
ProbeReply probe_from_version(std::string_view json);

}  // namespace fairlead::engine
