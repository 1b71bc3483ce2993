#pragma once

#include <fairlead/core.hpp>
#include <fairlead/overlay.hpp>

#include <stop_token>
#include <string>

namespace fairlead {

/// The configuration that a registry's reference in `extends` stands for: that of a published
/// Template, or of any archive with dev container media types. Its options get their defaults. The
/// answer is kept in the shared cache, so it works offline later. Throws "config.extends" for
/// something else, what parse_oci_reference and Registry throw.
RegistryBase fetch_base(Core& core, const std::string& reference, std::stop_token stop);

}  // namespace fairlead
