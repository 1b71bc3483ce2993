#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace fairlead {

/// Calls `work` for 0 … `count`-1, up to `threads` at once, begun in the order of the numbers;
/// returns when all have ended. The first failure (by time) is thrown; work that had not begun is
/// then left out, and work that runs is asked to stop through the token that it gets, as when
/// `stop` is requested.
void for_each_parallel(std::size_t count, std::size_t threads, std::stop_token stop,
                       const std::function<void(std::size_t index, std::stop_token stop)>& work);

}  // namespace fairlead
