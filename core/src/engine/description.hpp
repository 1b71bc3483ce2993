#pragma once

#include <fairlead/error.hpp>

#include <string>

namespace fairlead {

/// The reference's word for the failure of an operation as a whole: `usual`, or the error's own
/// message where that says all there is to say (a fault in the configuration or in the options).
std::string description_of(const Error& error, const char* usual);

}  // namespace fairlead
