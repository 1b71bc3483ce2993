#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/ports.hpp>

#include <server/client.hpp>

#include <optional>
#include <stop_token>
#include <string>

namespace fairlead::cli {

/// Where the user's background process is.
server::Place server_place(const Core& core);

/// A connection to it; started when it does not run.
server::Client start_server(const Core& core, const Session& session, const std::stop_token& stop);

/// Who asks, for the environment that the arguments choose.
server::Caller caller_of(const Arguments& arguments);

/// "localhost:8080 → db:5432  label", what a person wants to know of a forward.
std::string forward_line(const ForwardInfo& forward);
/// Where it can be reached: "localhost:8080", "http://localhost:8080/" where its protocol is known.
std::string local_text(const ForwardInfo& forward);
std::string forward_json(const ForwardInfo& forward);
std::string forwards_json(const std::vector<ForwardInfo>& forwards);

/// After `up`: begins what the configuration names. Failures are warnings.
std::optional<server::EnvironmentForwards> forward_configured(Core& core,
                                                              const Arguments& arguments,
                                                              const Session& session,
                                                              const UpResult& result,
                                                              const std::stop_token& stop);

/// After `stop` and `down`: ends what belongs to the container.
void end_forwards(const Core& core, const std::string& container_id, const std::stop_token& stop);

/// Starts the background process again when it was killed while it had forwards. Never throws.
void revive_forwards(const Arguments& arguments, const Session& session);

}  // namespace fairlead::cli
