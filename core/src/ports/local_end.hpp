#pragma once

#include <fairlead/unique_fd.hpp>

#include <string>
#include <vector>

namespace fairlead::ports {

/// What somebody wants on this side of a forward.
struct LocalWish {
  int port = 0;                             ///< 0: any free one
  bool required = false;                    ///< no other port will do
  std::vector<std::string> addresses = {};  ///< empty: 127.0.0.1 and, where there is one, ::1
  std::string socket = {};                  ///< path of a Unix socket; wins over the rest
};

/// What it got.
struct LocalEnd {
  std::vector<UniqueFd> listeners;
  std::string address;  ///< the first one
  int port = 0;
  std::string note;  ///< one line when it is not what was wished for; else empty
};

/// Listens. A port that is taken gives way to the next free one, one that this user may not have to
/// the nearest above 1024. Throws conflict "ports.taken", naming who has it, when it is required;
/// "ports.bind" when nothing can be had. PORT-005, 012, 013.
LocalEnd open_local_end(const LocalWish& wish);

/// The ports to try for one that cannot be had, in order. Pure.
std::vector<int> other_ports(int wanted, int first_unprivileged);

}  // namespace fairlead::ports
