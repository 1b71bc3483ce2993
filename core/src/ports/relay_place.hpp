#pragma once

#include <fairlead/backend.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fairlead::ports {

/// The relay for one kind of machine, as it lies beside this program.
struct RelayProgram {
  std::string machine;  ///< "x86_64", "aarch64"
  std::string content;
  std::uint64_t hash = 0;
  std::string file_name() const;  ///< "relay-x86_64-0123456789abcdef"
};

/// Those that are installed, this machine's own first. Throws "relay.missing" when there is none.
const std::vector<RelayProgram>& relay_programs();

/// Where they are put in instances.
inline constexpr const char* relay_folder = "/.fairlead";

/// A tar archive of the folder and the programs in it, to be unpacked at the root.
std::string relay_archive(const std::vector<RelayProgram>& programs);

/// Puts all programs into the instance. Throws the backend's error.
void place_relay(Backend& backend, const std::string& instance, const CallOptions& options);

/// The same by a shell of the instance, for a root that cannot be written: into a folder of the
/// user's where programs may run. Returns the whole path; throws "relay.place" when there is none.
std::string place_by_shell(Backend& backend, const std::string& instance, const std::string& user,
                           const RelayProgram& program, const CallOptions& options);

}  // namespace fairlead::ports
