#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Containers: the engine's JSON as our model. Pure functions.
/// Each throws Error(failed, "engine.malformed") when the text is not what the Engine API says.
namespace fairlead::engine {

/// Path and query of the list; label filters are all-of.
std::string list_target(const ListRequest& request);
/// The answer to it, newest first, not detailed.
std::vector<InstanceInfo> instances_from_list(std::string_view json);
/// The answer to GET /containers/ID/json, detailed.
InstanceInfo instance_from_inspect(std::string_view json);

/// "running" and the like; anything unknown is `unknown`.
InstanceState instance_state(std::string_view word);

/// The answer to a create.
CreateReply created_from(std::string_view json);

/// The container has a terminal: its logs are raw, not framed.
bool has_terminal(std::string_view json);

/// The container's first process on the engine's machine, by GET /containers/ID/json; 0: it does
/// not run.
int pid_from_inspect(std::string_view json);

/// One address where ports of the instance may be reached from the engine's machine; empty: none.
std::string address_from_inspect(std::string_view json);

}  // namespace fairlead::engine
