#pragma once

#include "spec/values.hpp"

#include <fairlead/config_model.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead {

/// The properties that devcontainer.json and image metadata share.
void read_container_config(const Values& values, ContainerConfig& out);

/// "4gb", "512mb", "1024": bytes; units of 1024. nullopt: no size. CFG-063, IMG-024.
std::optional<std::uint64_t> parse_size(std::string_view text);

HostRequirements read_host_requirements(const Values& values);

}  // namespace fairlead
