#pragma once

#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <string>

namespace fairlead::testbed {

/// Instances share the machine's network, so a port of theirs is a port here.
/// Throws unavailable ("instance.connect").
UniqueFd connect_tcp(const std::string& host, int port);

/// `path` as the process `pid` sees it. Throws unavailable ("instance.connect").
UniqueFd connect_unix(pid_t pid, const std::string& path);

}  // namespace fairlead::testbed
