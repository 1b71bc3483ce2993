#include "plugins/slots.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace fairlead {

namespace {

constexpr std::array backend_names{
    "probe",        "resolve",       "inspect_image",   "pull_image", "build_image", "create",
    "start",        "stop",          "remove",          "inspect",    "list",        "exec",
    "exec_control", "logs",          "copy_in",         "copy_out",   "dial",        "watch",
    "objects",      "remove_object", "registry_digest", "checks",     "commit"};
constexpr std::array host_names{"open",   "describe", "spawn",    "spawn_control", "dial",
                                "listen", "copy_in",  "copy_out", "close"};
constexpr std::array feature_names{"plan", "install"};
constexpr std::array port_names{"detect", "forward"};

constexpr std::size_t first = 2 * sizeof(std::uint32_t);

template <class Table, std::size_t Count>
constexpr bool covers(const std::array<const char*, Count>&) {
  return sizeof(Table) == first + Count * sizeof(fairlead_op);
}
static_assert(offsetof(fairlead_backend, probe) == first);
static_assert(covers<fairlead_backend>(backend_names), "a name for each operation");
static_assert(covers<fairlead_host>(host_names) && covers<fairlead_features>(feature_names) &&
              covers<fairlead_ports>(port_names));

constexpr std::array all{InterfaceSlots{FAIRLEAD_BACKEND_V1, backend_names},
                         InterfaceSlots{FAIRLEAD_HOST_V1, host_names},
                         InterfaceSlots{FAIRLEAD_FEATURES_V1, feature_names},
                         InterfaceSlots{FAIRLEAD_PORTS_V1, port_names}};

}  // namespace

std::span<const InterfaceSlots> interfaces() { return all; }

const InterfaceSlots* find_interface(std::string_view id) {
  for (const auto& each : all) {
    if (id == each.id) return &each;
  }
  return nullptr;
}

fairlead_op operation_at(const void* table, std::size_t index) {
  std::uint32_t size = 0;
  std::memcpy(&size, table, sizeof size);
  const auto offset = first + index * sizeof(fairlead_op);
  if (offset + sizeof(fairlead_op) > size) return nullptr;
  fairlead_op found = nullptr;
  std::memcpy(&found, static_cast<const char*>(table) + offset, sizeof found);
  return found;
}

}  // namespace fairlead
