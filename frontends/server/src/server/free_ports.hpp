#pragma once

#include <fairlead/ports.hpp>

#include <chrono>
#include <stop_token>
#include <vector>

namespace fairlead::server {

/// Waits until nobody listens where these wishes want to, at most `limit` for all: a process that
/// was killed lets go of its sockets one by one, its lock among the first.
void wait_for_free_ports(const std::vector<ForwardWish>& wishes, std::chrono::milliseconds limit,
                         const std::stop_token& stop);

}  // namespace fairlead::server
