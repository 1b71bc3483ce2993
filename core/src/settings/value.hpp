#pragma once

#include "settings/layer.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace fairlead {

/// `raw` as a value of `type`, or why it is none ("true or false expected, not 'maybe'").
///
/// Untyped text is read by the type: a string as it stands, `true` or `false`, a decimal number,
/// and for lists either a JSON array of strings or items separated by commas.
std::variant<SettingValue, std::string> value_of(const RawValue& raw, SettingType type);

}  // namespace fairlead
