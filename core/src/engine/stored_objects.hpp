#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/core.hpp>

#include <stop_token>
#include <string>

namespace fairlead {

/// Engines give volumes without a name 64 hexadecimal digits; they go with their container.
bool is_anonymous(const std::string& volume);

/// False: something else needs it, which is said. Throws what else the backend throws.
bool remove_object(Core& core, Backend& backend, const RemoveObjectRequest& request,
                   const std::stop_token& stop);

}  // namespace fairlead
