#pragma once

#include "features/registry.hpp"
#include "features/registry_auth.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace fairlead {

/// One thing asked of a registry.
struct RegistryRequest {
  std::string method = "GET";
  HttpUrl url;
  std::string registry;       ///< whose credentials it may carry; empty: none
  std::string authorization;  ///< instead, for this address alone
  std::string scope;          ///< "repository:a/b:pull"
  std::vector<std::string> headers;
  std::optional<std::string_view> body;
  /// Called before every attempt: what was received so far does not count, except that it may ask
  /// for the rest by adding a header.
  std::function<void(std::vector<std::string>& headers)> begin;
  HttpBody on_body;  ///< of an answer 2xx
};

/// The answer that counts, with the text of a refusal.
struct RegistryReply {
  HttpAnswer answer;
  HttpUrl url;          ///< that it came from
  std::string refusal;  ///< body of an answer that is not 2xx, as far as it is short
};

/// Requests with all that belongs to them: logging in, redirects (credentials never follow to
/// another origin), repetition of what may pass (429, 5xx, broken connections) with growing pauses
/// or as long as Retry-After says. Thread-safe.
class RegistrySession {
 public:
  RegistrySession(const RegistryOptions& options, const Log& log);

  /// Any final status. Throws what HttpClient and RegistryAuth throw, "registry.redirect".
  RegistryReply send(const RegistryRequest& request, std::stop_token stop);

  /// "https://<registry>", for a host called localhost "http://…" (DIST-020).
  HttpUrl address(const std::string& registry) const;

 private:
  RegistryAuth& auth(const std::string& registry);
  /// Whether a loopback address that does not speak TLS is tried without it from now on.
  bool try_plainly(RegistryRequest& request, const Error& error);
  RegistryReply attempt(const RegistryRequest& request, std::stop_token stop);
  RegistryReply follow(const RegistryRequest& request, const std::string& authorization,
                       std::stop_token stop);
  RegistryReply send_one(const RegistryRequest& request, const HttpUrl& url,
                         const std::string& authorization, std::stop_token stop);

  const RegistryOptions options_;
  const Log log_;
  HttpClient client_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RegistryAuth>> auths_;
  std::set<std::string> plain_;  ///< registries at loopback addresses without TLS
};

}  // namespace fairlead
