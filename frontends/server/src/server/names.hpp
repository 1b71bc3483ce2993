#pragma once

#include "server/caller.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fairlead::server {

/// Names of forwards, "8080.my-app" or "db.my-app", as they stand before
/// ".localhost". Pure.

/// The part of an environment's names that is its own: its folder's name in
/// lower case, what cannot stand in a host name as "-"; with a piece of its key
/// behind it where another one has the same.
std::string name_of(const EnvironmentForwards& environment,
                    const std::vector<EnvironmentForwards>& all);

/// A forward's name in it: its port, or "5432.db" for one of a companion; none:
/// no TCP port of the inside.
std::optional<std::string> name_of(const ForwardInfo& forward);

/// Which forward a name means; a companion's name alone is its lowest port.
/// Upper case is as lower.
std::optional<ForwardInfo> find_by_name(const std::vector<EnvironmentForwards>& all,
                                        const std::string& name);

/// The name in a request's Host: what stands before ".localhost", without the
/// port; none: it is no such host.
std::optional<std::string> name_in_host(std::string host);

}  // namespace fairlead::server
