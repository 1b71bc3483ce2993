#pragma once

#include <fairlead/model.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

/// Whom a registry takes us for. Secrets stay in memory: never on a command line, never in a log.
namespace fairlead {

struct RegistryCredentials {
  std::string username;
  std::string password;
  std::string identity_token;  ///< instead of the other two: exchanged for access tokens
};

/// Runs `docker-credential-<name> get` with the registry on its standard input: its standard
/// output, or nothing when it fails.
using CredentialHelper = std::function<std::optional<std::string>(
    const std::string& name, const std::string& registry, std::stop_token stop)>;

/// What the user's docker configuration says of `registry`, a key of its `auths`: credHelpers, else
/// credsStore, then auths. A file that cannot be read, or a helper that fails, counts as none.
std::optional<RegistryCredentials> docker_credentials(const Environment& environment,
                                                      const std::string& registry,
                                                      const CredentialHelper& helper,
                                                      std::stop_token stop);

/// Whether that configuration may know any at all, without asking a helper.
bool has_docker_credentials(const Environment& environment);

/// For registries of features and templates (DIST-019): DEVCONTAINERS_OCI_AUTH
/// ("registry|user|token,…"), the docker configuration, the platform's helper when that
/// configuration holds none at all, GITHUB_TOKEN for ghcr.io.
std::optional<RegistryCredentials> find_credentials(const Environment& environment,
                                                    const std::string& registry,
                                                    const CredentialHelper& helper,
                                                    std::stop_token stop);

std::string base64_encoded(std::string_view text);

/// What is no digit of base 64 is passed over.
std::string base64_decoded(std::string_view text);

}  // namespace fairlead
