#pragma once

#include <fairlead/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// Shared by the fuzz targets: an Error is an answer, everything else that escapes is a find.
namespace fairlead::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Whether `work` ended without an Error.
template <class Work>
bool answers(const Work& work) {
  try {
    work();
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// A promise that an input broke.
inline void require(bool kept) {
  if (!kept) std::abort();
}

}  // namespace fairlead::fuzz
