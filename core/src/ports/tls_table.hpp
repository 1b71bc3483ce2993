#pragma once

#include <cstdint>

/// What the TLS module offers, as plain C: it is opened at run time.
namespace fairlead {

struct TlsTable {
  std::uint32_t version;
  /// Speaks TLS as a client on `socket`, without asking whose certificate it
  /// is, and moves what it hears to `plain` and back until both have ended or
  /// `cancel` is readable. `name`: the name to ask for. All descriptors stay
  /// the caller's. False: no TLS came to be.
  bool (*join)(int socket, int plain, int cancel, const char* name);
};

inline constexpr std::uint32_t tls_table_version = 1;
inline constexpr auto tls_table_symbol = "fairlead_tls";
inline constexpr auto tls_module_file = "fairlead-tls.so";

}  // namespace fairlead
