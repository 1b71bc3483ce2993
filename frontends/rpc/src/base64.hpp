#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes in JSON: base64 with padding (RFC 4648, section 4).
namespace fairlead::rpc {

std::string base64(std::string_view bytes);

/// nullopt for what is not base64.
std::optional<std::string> bytes_of(std::string_view base64);

}  // namespace fairlead::rpc
