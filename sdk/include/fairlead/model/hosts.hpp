#pragma once

#include <fairlead/model/common.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The machine that a backend works on.
namespace fairlead {

struct HostOpenRequest {
  std::string address;  ///< what the setting `host` says: "local", "ssh://user@box"
};

struct HostDescription {
  std::string os;
  std::string arch;
  std::string user;
  int uid = 0;
  int gid = 0;
  std::string home;
  bool local = false;
  double cpus = 0;                  ///< 0 here and below: not known
  std::uint64_t memory_bytes = 0;   ///< all there is
  std::uint64_t storage_bytes = 0;  ///< free, where the user's home is
};

struct SpawnRequest {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH unless it has a slash
  Environment env;                ///< added to the host's own
  bool clean_env = false;         ///< `env` is the whole environment
  std::string working_directory;
  std::optional<Terminal> terminal;
  FdRef in;
  FdRef out;
  FdRef err;
};

/// Of the call that spawned: `exit_code` is 128+n after signal n.
struct SpawnReply {
  int exit_code = 0;
};

struct SpawnControlRequest {
  std::string process;
  std::optional<TerminalSize> resize;
  std::string signal;
};

struct HostDialRequest {
  std::string host;
  int port = 0;
  std::string socket;  ///< path of a Unix socket; wins over host and port
};

}  // namespace fairlead
