#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

/// Addresses of registries, and which proxy leads there. Pure.
namespace fairlead {

struct HttpUrl {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< lower case; of IPv6 with brackets
  std::string port;    ///< "443" and "80" when none is written
  std::string target;  ///< path and query, begins with "/"

  std::string text() const;
  /// Scheme, host and port are the same: credentials may follow a redirect.
  bool same_origin(const HttpUrl& other) const;
};

/// Throws Error(invalid, "registry.address") for what is no http or https address; one with a user
/// name is refused too.
HttpUrl parse_http_url(std::string_view text);

/// Where a Location header leads from `base`: absolute, "//host/…", "/path" or relative.
/// Throws as parse_http_url.
HttpUrl resolve_location(const HttpUrl& base, std::string_view location);

/// The proxy for `url`, "" for none: https_proxy or HTTPS_PROXY, http_proxy (for http), all_proxy,
/// in lower case first; no_proxy lists hosts, ".domain" or "domain" with everything below, with or
/// without a port, "*" and addresses. Loopback is never reached through a proxy.
std::string proxy_for(const HttpUrl& url, const Environment& environment);

/// A value in a query or form.
std::string percent_encoded(std::string_view text);

bool is_loopback(std::string_view host);

}  // namespace fairlead
