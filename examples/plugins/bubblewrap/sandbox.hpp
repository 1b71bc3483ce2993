#pragma once

#include "store.hpp"

#include <fairlead/sdk/core.hpp>

namespace bubblewrap {

/// Writes the program that joins sandboxes into the store, once per version, and says where it is.
std::string join_program(const Store& store);

/// Variables of the image, then of the request, then `more`.
fairlead::Environment environment_of(const Image& image, const fairlead::CreateRequest& request,
                                     const fairlead::Environment& more);

/// Starts what does not run, with the machine's network or one of its own that has but a loopback
/// address. It outlives this process; its output goes to files in its folder.
void start(const fairlead::sdk::HostClient& host, const Store& store, const Record& record,
           bool network_is_private, const fairlead::sdk::Call& call);

/// TERM, then KILL after `seconds`; what does not run is left alone.
void stop(const Record& record, int seconds, const fairlead::sdk::Call& call);

}  // namespace bubblewrap
