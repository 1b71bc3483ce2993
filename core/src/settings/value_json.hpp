#pragma once

#include "settings/layer.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// The value that `json` (a scalar or an array of strings) means.
RawValue value_of_json(std::string_view json);

/// A JSON object of these members. Bytes that are not UTF-8 become replacement characters.
std::string json_object(const std::vector<std::pair<std::string, SettingValue>>& members);

}  // namespace fairlead
