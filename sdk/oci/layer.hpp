#pragma once

#include <fairlead/sdk/call.hpp>

#include <string>

namespace fairlead::sdk::oci {

/// Unpacks one layer (tar, compressed or not) into the folder `rootfs`, in a child whose root that
/// folder is. Throws what unpack_oci_layout says.
void unpack_layer(const std::string& layer, const std::string& rootfs, const Call& call);

}  // namespace fairlead::sdk::oci
