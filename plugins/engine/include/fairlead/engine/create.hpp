#pragma once

#include <fairlead/model.hpp>

#include <functional>
#include <string>
#include <vector>

namespace fairlead::engine {

/// What words of a docker run command line refer to on the user's side.
struct ClientSide {
  Environment environment;        ///< for `-e NAME`
  std::string working_directory;  ///< for relative bind sources and files
  /// The content of a file (--env-file, --label-file, --security-opt seccomp=FILE); throws Error.
  std::function<std::string(const std::string& path)> read_file;
};

/// Reads files of the user's machine; Error(not_found, "backend.run_args") names the missing one.
std::string read_client_file(const std::string& path);

struct CreateBody {
  std::string target;  ///< path and query of the request
  std::string json;    ///< its body; the same request gives the same text
  std::vector<std::string> warnings;
  std::string id_file;  ///< --cidfile: absolute, or nothing
};

/// The request that creates a container from `request`, run_args included: they have docker run's
/// meaning (the flags of docker 20.10 to 28 that affect a create) and win over the rest, but for
/// --entrypoint, which the structured one overrides as it would by standing last on the command
/// line. Flags that concern docker's client alone (-d, --rm's waiting, --sig-proxy, …) do nothing.
/// Throws Error(invalid, "backend.run_args") that names the flag or the value.
CreateBody create_body(const CreateRequest& request, const ClientSide& client);

}  // namespace fairlead::engine
