#pragma once

#include "spec.hpp"

namespace fairlead::testbed {

/// Makes `spec.root` the root of this process, in its own mount namespace, with /proc of its own
/// pid namespace, a small /dev and the bindings. Throws std::runtime_error.
void enter_new_root(const ShimSpec& spec);

/// Opens the namespaces and the root of a running instance and enters them; children then live in
/// its pid namespace. Throws std::runtime_error.
void join_instance(pid_t pid);

}  // namespace fairlead::testbed
