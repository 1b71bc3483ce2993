#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

namespace fairlead {

/// The JSON text of a model struct, compact. Defined for every struct of model.hpp that crosses the
/// boundary by itself (requests, replies, Event, Failure, Empty). Thread-safe.
/// Text that is not UTF-8 has its bad bytes replaced by U+FFFD.
template <class T>
std::string encode(const T& value);

/// Reads what `encode` wrote. Unknown members are ignored, absent ones take their defaults.
/// Throws Error(invalid, "wire.malformed") when `json` is not an object or a member has another
/// type.
template <class T>
T decode(std::string_view json);

}  // namespace fairlead
