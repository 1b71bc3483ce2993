#pragma once

#include "server/caller.hpp"

#include <fairlead/ports.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace fairlead::server {

using Json = nlohmann::json;

// What crosses the socket, as JSON and back. Members that are missing have their defaults; what is
// of another type throws Error "server.protocol".

Json to_json(const Caller& caller);
Caller caller_from(const Json& json);

Json to_json(const ForwardWish& wish);
ForwardWish wish_from(const Json& json);

Json to_json(const PortTarget& target);
PortTarget target_from(const Json& json);

Json to_json(const ForwardInfo& info);
ForwardInfo info_from(const Json& json);

Json to_json(const EnvironmentForwards& environment);
EnvironmentForwards environment_from(const Json& json);

Json to_json(const PortEvent& event, const std::string& folder);

/// The error member of an answer, and the error that it stands for.
Json to_json(const Error& error);
Error error_from(const Json& json);

/// Parses a message. Throws "server.protocol".
Json parse(const std::string& text);

}  // namespace fairlead::server
