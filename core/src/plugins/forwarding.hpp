#pragma once

#include "plugins/slots.hpp"

#include <fairlead/abi.h>

#include <array>
#include <cstdint>
#include <span>

namespace fairlead {

/// Where the operations of a table lead that has no code of its own: every one of them calls
/// `forward` of the object that is its `self`.
class Forwards {
 public:
  virtual ~Forwards() = default;
  /// Ends `call` sooner or later with one `done`; owns its descriptors. Throws nothing. `interface`
  /// and `slot` are indices into `interfaces()`; the interface -1 stands for configuring.
  virtual void forward(int interface, int slot, fairlead_str request,
                       const fairlead_call* call) noexcept = 0;
};

/// A table whose operations forward; `self` of each is a Forwards*.
struct ForwardingTable {
  static constexpr std::size_t most = 32;
  std::uint32_t size = 0;
  std::uint32_t reserved = 0;
  std::array<fairlead_op, most> operations{};
};

/// The table of interface number `interface` with the operations of which `mask` has the bit.
ForwardingTable forwarding_table(int interface, std::uint32_t mask);

/// What `configure` of a forwarding plugin is.
fairlead_op forwarding_configure();

}  // namespace fairlead
