#pragma once

#include <fairlead/model/checks.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What can be told about an engine's health from what it says of itself. Pure functions.
namespace fairlead::engine {

/// What the engine is compared with.
struct ClientFacts {
  std::string arch;      ///< OCI name of this machine's; empty: unknown
  std::int64_t now = 0;  ///< Unix time
  bool local = false;    ///< the engine shares this machine's kernel
};

/// The oldest engine that environments work with (VSC-027).
inline constexpr int oldest_major = 18;
inline constexpr int oldest_minor = 6;

/// Version, kind (Windows, snap), architecture, clock, cgroups, file sharing, and what the engine
/// itself warns of, by the answers to GET /version and GET /info. Throws Error(failed,
/// "engine.malformed").
std::vector<Check> engine_checks(std::string_view version, std::string_view info,
                                 const ClientFacts& client);

}  // namespace fairlead::engine
