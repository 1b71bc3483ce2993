#pragma once

#include "session.hpp"

#include <string>
#include <vector>

namespace fairlead::rpc {

/// `fairlead --server COMMAND…`: the server of this user runs the command, on our streams; it is
/// started when there is none. Returns the exit status. Throws unavailable ("server.gone") when the
/// server ends before the command has, and "server.start".
int run_by_server(const std::vector<std::string>& arguments, const cli::Session& session);

}  // namespace fairlead::rpc
