#pragma once

#include "settings.hpp"

#include <fairlead/engine/command.hpp>
#include <fairlead/sdk/core.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::compose {

/// The Compose that is used.
struct Tool {
  std::vector<std::string> argv;  ///< {"docker", "compose"} or {"docker-compose"}
  std::string version;            ///< "2.26.1"
  bool is_podmans = false;        ///< podman-compose, which is another program altogether

  /// The first number of the version; 0: it says none.
  int major() const;
  /// Its version is at least `major`.`minor`.
  bool at_least(int major, int minor) const;
};

struct Output {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// How commands are run: on which host, with which variables, in which folder.
struct Runner {
  sdk::HostClient host;
  Environment environment;
  std::string folder;

  /// Runs `argv` to its end and keeps both streams.
  Output capture(const std::vector<std::string>& argv, const sdk::Call& call) const;
  /// Runs it with both streams emitted as the call's output; `tail` has the last of it.
  engine::CommandResult stream(const std::vector<std::string>& argv, const sdk::Call& call) const;
  /// The same for as long as `life` goes on.
  engine::CommandResult stream(const std::vector<std::string>& argv, const sdk::Call& call,
                               const sdk::Call& life) const;
};

/// `path` names podman-compose.
bool names_podman_compose(const std::string& path);

/// The docker client's `compose` if it has one, else docker-compose, in the reference's order;
/// where Podman may be the engine, then `podman compose` and podman-compose. A `compose_path` that
/// names podman or podman-compose is taken at its word. Throws Error(unavailable,
/// "compose.missing").
Tool find_tool(const Runner& runner, const Settings& settings, const sdk::Call& call);

/// The words as a person would type them.
std::string command_text(const std::vector<std::string>& argv);

/// The same as advice of an error: it can be tried, and a frontend that speaks as the reference
/// finds the command behind "Compose was run as: ".
std::string as_was_run(const std::vector<std::string>& argv);

}  // namespace fairlead::compose
