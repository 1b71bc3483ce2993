#pragma once

#include <fairlead/unique_fd.hpp>

#include <string_view>

namespace fairlead {

/// A file without a name that holds `content` and stands at its beginning: how secrets are handed
/// over. No descriptor when there is no memory for it.
UniqueFd memory_file(std::string_view content);

}  // namespace fairlead
