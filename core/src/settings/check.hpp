#pragma once

#include <fairlead/settings.hpp>

#include <string>

namespace fairlead {

/// What is wrong with a value of the right type for `key`, or "". Only the core's own settings are
/// known here; plugins judge their options themselves.
std::string fault_of(const std::string& key, const SettingValue& value);

}  // namespace fairlead
