#include "features/http_url.hpp"

#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace fairlead {
namespace {

Error no_address(std::string_view text) {
  return Error(Status::invalid, "registry.address",
               "'" + std::string(text) + "' is no http or https address.");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

void split_authority(std::string_view whole, std::string_view authority, HttpUrl& url) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  url.host = to_lower(authority.substr(0, has_port ? colon : authority.size()));
  url.port = url.scheme == "https" ? "443" : "80";
  if (has_port) url.port = authority.substr(colon + 1);
  if (url.host.empty() || !is_port(url.port) ||
      url.host.find_first_of("@/\\?#%") != std::string::npos) {
    throw no_address(whole);
  }
}

std::string variable(const Environment& environment, const std::string& lower) {
  std::string upper = lower;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const auto& name : {lower, upper}) {
    if (const auto found = environment.find(name);
        found != environment.end() && !found->second.empty()) {
      return found->second;
    }
  }
  return {};
}

bool exempt(const HttpUrl& url, std::string_view entry) {
  entry = trim(entry);
  if (entry.starts_with('*') && entry.size() > 1) entry.remove_prefix(1);
  if (entry == "*") return true;
  const auto colon = entry.rfind(':');
  if (colon != std::string_view::npos && is_port(entry.substr(colon + 1))) {
    if (entry.substr(colon + 1) != url.port) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty()) return false;
  const auto domain = to_lower(entry);
  return url.host == domain || url.host.ends_with('.' + domain);
}

}  // namespace

std::string HttpUrl::text() const {
  const bool usual = port == (scheme == "https" ? "443" : "80");
  return scheme + "://" + host + (usual ? "" : ':' + port) + target;
}

bool HttpUrl::same_origin(const HttpUrl& other) const {
  return scheme == other.scheme && host == other.host && port == other.port;
}

HttpUrl parse_http_url(std::string_view text) {
  HttpUrl url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || has_control(text)) throw no_address(text);
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") throw no_address(text);
  auto rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  split_authority(text, rest.substr(0, path), url);
  url.target = rest.substr(path);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  return url;
}

HttpUrl resolve_location(const HttpUrl& base, std::string_view location) {
  if (location.find("://") != std::string_view::npos &&
      location.find("://") < location.find_first_of("/?")) {
    return parse_http_url(location);
  }
  if (location.starts_with("//")) return parse_http_url(base.scheme + ':' + std::string(location));
  if (location.empty() || has_control(location)) throw no_address(location);
  HttpUrl url = base;
  location = location.substr(0, location.find('#'));
  if (location.starts_with('/')) {
    url.target = location;
  } else {
    const auto path = base.target.substr(0, base.target.find('?'));
    url.target = path.substr(0, path.rfind('/') + 1) + std::string(location);
  }
  return url;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

std::string proxy_for(const HttpUrl& url, const Environment& environment) {
  if (is_loopback(url.host)) return {};
  const auto exemptions = variable(environment, "no_proxy");
  for (const auto entry : split(exemptions, ',')) {
    if (exempt(url, entry)) return {};
  }
  auto proxy = variable(environment, url.scheme + "_proxy");
  return proxy.empty() ? variable(environment, "all_proxy") : proxy;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      result += c;
    } else {
      result += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return result;
}

}  // namespace fairlead
