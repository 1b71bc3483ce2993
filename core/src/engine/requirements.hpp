#pragma once

#include "engine/workspace.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// What the host has less of than `needs` asks for, one sentence each; what the host does not say
/// is not judged. Memory may be a sixteenth short: a machine sold with 16 GiB reports a little
/// less. Pure.
std::vector<std::string> unmet_requirements(const HostRequirements& needs,
                                            const HostDescription& host);

/// Whether a GPU is required and the backend has none to give. Where the caller says what there is,
/// nothing is missing; the reference then misses it all the same. HOST-006, HOST-007. Pure.
bool misses_gpu(const HostRequirements& needs, GpuAvailability availability,
                const ProbeReply& probe, Mode mode);

/// Warns of what the chosen host lacks, or, where the setting `host_requirements` says so, throws
/// "host.requirements". `gpu_missing`: one is required and the backend has none. `told` remembers
/// what was said, so that asking again for the merged configuration says only what is new. Fairlead
/// mode; the reference carries the numbers along unread and warns of the GPU. HOST-001..003,
/// HOST-006.
void check_host(Core& core, const Workspace& workspace, const HostRequirements& needs,
                bool gpu_missing, std::vector<std::string>& told, std::stop_token stop);

}  // namespace fairlead
