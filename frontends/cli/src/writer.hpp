#pragma once

#include <functional>
#include <string_view>

namespace fairlead::cli {

/// Where text goes. Called with whole lines, by one thread at a time.
using Writer = std::function<void(std::string_view)>;

/// Writes everything to `fd`, which stays the caller's. A reader that has gone away is no error:
/// what it does not read is dropped.
Writer fd_writer(int fd);

/// The same for results, which must not be lost unnoticed: throws Error "output.write" when they
/// cannot be written (a full disk).
Writer result_writer(int fd);

}  // namespace fairlead::cli
