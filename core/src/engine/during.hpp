#pragma once

#include <fairlead/error.hpp>

namespace fairlead {

/// Runs one step; a failure, a cancellation above all, says which one it was.
template <class Step>
auto during(const char* what, const Step& step) {
  try {
    return step();
  } catch (Error& error) {
    error.note(what);
    throw;
  }
}

}  // namespace fairlead
