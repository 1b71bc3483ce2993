#pragma once

#include "features/http_client.hpp"
#include "features/registry_credentials.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// What a registry asks for in WWW-Authenticate.
struct AuthChallenge {
  std::string scheme;                             ///< lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  ///< lower-case names
};

/// Reads the header; of several challenges the first that is Bearer, else the first that is Basic.
/// Nothing when there is neither. Pure.
std::optional<AuthChallenge> parse_challenge(std::string_view header);

struct AuthPolicy {
  /// "registry=host[:port]": token servers, besides the registry's own host and those above it
  /// (example.com for registry.example.com), that may see the registry's credentials (SEC-008).
  std::vector<std::string> trusted_hosts;
  bool trust_all = false;  ///< as the reference CLI does unless it is told otherwise
};

/// Whether the token server at `realm` may see the credentials for `registry`. Pure.
bool is_trusted_realm(const HttpUrl& registry, const HttpUrl& realm, const AuthPolicy& policy);

/// Authorization for one registry: asked for when it is needed, then remembered. Thread-safe.
class RegistryAuth {
 public:
  /// Finds credentials; called at most once.
  using Credentials = std::function<std::optional<RegistryCredentials>(std::stop_token)>;

  RegistryAuth(HttpUrl registry, AuthPolicy policy, Credentials credentials);

  /// The header's value for `scope` as far as it is known or the registry is known to want one; ""
  /// else. May ask the token server.
  std::string known(const std::string& scope, HttpClient& client, std::stop_token stop);

  /// Answers a challenge for `scope`; `refused` is the header that did not do. Nothing when there
  /// is no answer. Throws Error "registry.challenge" when the challenge makes no sense or the token
  /// server fails, and what HttpClient throws.
  std::optional<std::string> answer(const std::string& header, const std::string& scope,
                                    const std::string& refused, HttpClient& client,
                                    std::stop_token stop);

  bool has_credentials() const;

 private:
  const std::optional<RegistryCredentials>& credentials(const std::stop_token& stop);
  std::optional<std::string> fetch_token(const std::string& scope, HttpClient& client,
                                         const std::stop_token& stop);
  /// Throws when there are credentials that the token server may not see.
  void explain_untrusted(const std::stop_token& stop);

  const HttpUrl registry_;
  const AuthPolicy policy_;
  const Credentials find_;
  mutable std::mutex mutex_;
  bool searched_ = false;
  std::optional<RegistryCredentials> credentials_;
  std::optional<AuthChallenge> challenge_;
  std::map<std::string, std::string> headers_;  ///< by scope; basic: ""
};

}  // namespace fairlead
