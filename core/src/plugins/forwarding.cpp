#include "plugins/forwarding.hpp"

#include <utility>

namespace fairlead {

namespace {

template <int Interface, int Slot>
void operation(void* self, fairlead_str request, const fairlead_call* call) {
  static_cast<Forwards*>(self)->forward(Interface, Slot, request, call);
}

using Operations = std::array<fairlead_op, ForwardingTable::most>;

template <int Interface, int... Slots>
constexpr Operations operations(std::integer_sequence<int, Slots...> /*slots*/) {
  return {&operation<Interface, Slots>...};
}

template <int... Interfaces>
constexpr auto all_operations(std::integer_sequence<int, Interfaces...> /*interfaces*/) {
  return std::array{
      operations<Interfaces>(std::make_integer_sequence<int, ForwardingTable::most>())...};
}

constexpr auto all = all_operations(std::make_integer_sequence<int, 4>());

}  // namespace

ForwardingTable forwarding_table(int interface, std::uint32_t mask) {
  ForwardingTable table;
  table.size = sizeof table;
  for (std::size_t slot = 0; slot < ForwardingTable::most; ++slot) {
    if ((mask >> slot & 1U) != 0) {
      table.operations.at(slot) = all.at(static_cast<std::size_t>(interface)).at(slot);
    }
  }
  return table;
}

fairlead_op forwarding_configure() { return &operation<-1, 0>; }

}  // namespace fairlead
