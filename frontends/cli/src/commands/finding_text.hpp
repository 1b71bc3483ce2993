#pragma once

#include <fairlead/manage.hpp>

#include <string>

namespace fairlead::cli {

/// One finding as an object of JSON, and as a line or two for people.
std::string finding_json(const Finding& finding);
std::string finding_text(const Finding& finding, bool colour);

}  // namespace fairlead::cli
