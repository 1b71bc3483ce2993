#pragma once

#include <fairlead/model/common.hpp>

#include <string>
#include <vector>

/// Setting a plugin instance up, and what a backend can do.
namespace fairlead {

/// What a plugin instance is told once, before anything else.
struct ConfigureRequest {
  std::string settings = "{}";  ///< JSON object: the plugin's own table of the settings
  Environment environment;      ///< the caller's variables; plugins never call getenv
  std::string working_directory;
};

/// What a backend can do. The core checks these before it creates anything and never asks which
/// backend it talks to.
struct Capabilities {
  std::vector<std::string> build;  ///< any of "local" (image usable at once) and "push"
  bool pull = false;
  bool image_inspection = false;  ///< image configuration can be read before an instance exists
  bool live_binds = false;        ///< a folder of the user's machine can be mounted
  bool named_volumes = false;
  bool keeps_filesystem = false;  ///< over stop and start
  bool stable_identity = false;   ///< the instance id survives stop and start
  bool exec_user = false;
  bool exec_env = false;
  bool exec_cwd = false;
  bool exec_tty = false;
  bool exec_half_close = false;
  bool exec_signal = false;
  bool dial = false;
  bool publish = false;
  bool service_groups = false;
  bool run_args = false;
  bool privileged = false;
  bool capabilities = false;
  bool gpu = false;
  bool uid_remap = false;
  bool events = false;
  bool logs = false;
};

/// What may cost further requests or processes is asked for by name.
struct ProbeRequest {
  bool builder = false;  ///< fill `builder`, `buildkit` and `build_contexts`
  bool gpu = false;      ///< fill `gpu_runtime`
};

struct ProbeReply {
  std::string engine;  ///< what answered, for people: "Docker Engine"
  std::string version;
  std::string api_version;
  std::string endpoint;      ///< where it answered, without credentials
  std::string os;            ///< "linux"
  std::string arch;          ///< OCI name: "amd64"
  bool local = false;        ///< shares kernel and file system with the caller's host
  bool gpu_runtime = false;  ///< an NVIDIA container runtime is installed
  std::string builder;       ///< what Builder::automatic will use: "buildx", "buildkit", "classic"
  bool buildkit = false;     ///< that is BuildKit: RUN --mount works
  bool build_contexts = false;  ///< BuildImageRequest::contexts works without a syntax directive
  Capabilities capabilities;
};

}  // namespace fairlead
