#pragma once

#include <fairlead/abi.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace fairlead {

/// The operations of one interface, in the order of its table.
struct InterfaceSlots {
  const char* id;
  std::span<const char* const> names;
};

/// All interfaces of our ABI.
std::span<const InterfaceSlots> interfaces();

/// The slots of interface `id`; null when there is no such interface.
const InterfaceSlots* find_interface(std::string_view id);

/// The operation at `index` of any table; null when the table is too short for it or leaves it
/// empty. Every table is its size, a reserved word and operations, so one reader serves them all.
fairlead_op operation_at(const void* table, std::size_t index);

}  // namespace fairlead
