#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <vector>

namespace fairlead::podman {

/// `PODMAN… create … IMAGE COMMAND` with the meaning of `request`, for run_args that only the
/// command understands. Its order is docker run's: the user's words may override the structured
/// ones.
std::vector<std::string> create_command(std::vector<std::string> podman,
                                        const CreateRequest& request);

/// Podman's way to say "all GPUs".
inline constexpr const char* gpu_kind = "nvidia.com/gpu";
inline constexpr const char* all_gpus = "--device=nvidia.com/gpu=all";

}  // namespace fairlead::podman
