#pragma once

#include "own_examples.hpp"

namespace fairlead::cli {

// The rows of the commands that look after the installation.

inline constexpr Command prune_row = {.id = CommandId::prune,
                                      .parent = CommandId::top,
                                      .name = "prune",
                                      .purpose = "Remove what fairlead has left over",
                                      .own = true,
                                      .implemented = true,
                                      .examples = prune_examples};
inline constexpr Command doctor_row = {.id = CommandId::doctor,
                                       .parent = CommandId::top,
                                       .name = "doctor",
                                       .purpose = "Look for what keeps dev containers from working",
                                       .own = true,
                                       .implemented = true,
                                       .examples = doctor_examples};

}  // namespace fairlead::cli
