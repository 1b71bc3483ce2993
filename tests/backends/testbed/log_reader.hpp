#pragma once

#include <fairlead/model.hpp>
#include <fairlead/sdk/call.hpp>

#include <filesystem>

namespace fairlead::testbed {

/// Writes the logs of the instance in `folder` to the request's descriptors; following, until it
/// has ended. Throws unsupported when times are asked for: none are kept.
void read_logs(const std::filesystem::path& folder, const LogsRequest& request, sdk::Call& call);

}  // namespace fairlead::testbed
