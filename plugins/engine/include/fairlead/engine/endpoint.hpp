#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

namespace fairlead::engine {

/// How a TLS connection is made; the paths are files in PEM form, empty where there is none.
struct TlsFiles {
  bool enabled = false;
  bool verify = true;  ///< the server's certificate and name
  std::string ca;
  std::string cert;
  std::string key;
};

/// The origin of an endpoint, when nobody did.
inline constexpr auto default_origin = "default";

/// Where a Docker-compatible engine answers.
struct Endpoint {
  std::string socket;  ///< path of a Unix socket; empty: host and port
  std::string host;
  int port = 0;
  TlsFiles tls;
  std::string api_version;  ///< as the user fixed it ("1.41"); empty: the engine's newest
  std::string origin;       ///< who said so, for people: "DOCKER_HOST", "context 'build-box'"

  /// "unix:///var/run/docker.sock" or "tcp://host:port"; what DOCKER_HOST would say.
  std::string text() const;
};

/// Reads one address as DOCKER_HOST has it: unix://, tcp://, http://, https://. Throws
/// Error(unsupported, "engine.endpoint") for any other scheme and Error(invalid, …) for a broken
/// one.
Endpoint parse_endpoint(std::string_view address);

/// Chooses the endpoint as the docker client does. First match: `host_option` (the plugin's own
/// setting), DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json under DOCKER_CONFIG or
/// ~/.docker, /var/run/docker.sock. TLS comes from DOCKER_TLS_VERIFY, DOCKER_TLS and
/// DOCKER_CERT_PATH, or from the context. `environment` is the caller's; only files are read.
/// Throws Error "engine.endpoint", "engine.context".
Endpoint find_endpoint(const Environment& environment, const std::string& host_option);

/// DOCKER_CONFIG, or ~/.docker; empty when neither is known.
std::string docker_config_folder(const Environment& environment);

}  // namespace fairlead::engine
