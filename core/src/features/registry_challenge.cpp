#include "base/text.hpp"
#include "features/registry_auth.hpp"

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~/=").find(c) != std::string_view::npos;
}

class Header {
 public:
  explicit Header(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  void skip(std::string_view what) {
    while (!at_end() && what.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  std::string word(bool with_equals) {
    std::string result;
    while (!at_end() && is_token(text_[at_]) && (with_equals || text_[at_] != '=')) {
      result += text_[at_++];
    }
    return result;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string value() {
    if (!take('"')) return word(true);
    std::string result;
    while (!at_end() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      result += text_[at_++];
    }
    take('"');
    return result;
  }
  void give_up() { at_ = text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::vector<AuthChallenge> challenges(std::string_view text) {
  std::vector<AuthChallenge> all;
  Header header(text);
  for (header.skip(" \t,"); !header.at_end(); header.skip(" \t,")) {
    const auto name = to_lower(header.word(false));
    header.skip(" \t");
    if (name.empty()) {
      header.give_up();
    } else if (header.take('=') && !all.empty()) {
      header.skip(" \t");
      all.back().parameters[name] = header.value();
    } else {
      all.push_back({.scheme = name, .parameters = {}});
    }
  }
  return all;
}

/// Docker Hub and GitLab keep their token servers elsewhere.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known_hosts{{
    {"registry-1.docker.io", "auth.docker.io"},
    {"index.docker.io", "auth.docker.io"},
    {"docker.io", "auth.docker.io"},
    {"registry.hub.docker.com", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
}};

std::string with_port(const HttpUrl& url) { return url.host + ':' + url.port; }

bool names(std::string_view entry, const HttpUrl& registry, const HttpUrl& realm) {
  const auto equals = entry.find('=');
  if (equals == std::string_view::npos) return false;
  const auto left = trim(entry.substr(0, equals));
  const auto right = trim(entry.substr(equals + 1));
  return (left == with_port(registry) || left == registry.host) &&
         (right == with_port(realm) || (right == realm.host && realm.port == "443"));
}

/// example.com is above registry.example.com; "com" alone is above nothing.
bool is_above(const std::string& upper, const std::string& host) {
  return upper.find('.') != std::string::npos && host.ends_with('.' + upper) &&
         upper.find_first_not_of("0123456789.") != std::string::npos;
}

}  // namespace

std::optional<AuthChallenge> parse_challenge(std::string_view header) {
  const auto all = challenges(header);
  for (const auto* scheme : {"bearer", "basic"}) {
    const auto found = std::find_if(all.begin(), all.end(), [scheme](const AuthChallenge& one) {
      return one.scheme == scheme;
    });
    if (found != all.end()) return *found;
  }
  return {};
}

bool is_trusted_realm(const HttpUrl& registry, const HttpUrl& realm, const AuthPolicy& policy) {
  if (realm.scheme != "https" && registry.scheme == "https") return false;
  if (policy.trust_all || registry.same_origin(realm)) return true;
  if (is_above(realm.host, registry.host) && realm.port == "443") return true;
  const bool known = std::any_of(known_hosts.begin(), known_hosts.end(), [&](const auto& pair) {
    return pair.first == registry.host && pair.second == realm.host && realm.port == "443";
  });
  return known || std::any_of(policy.trusted_hosts.begin(), policy.trusted_hosts.end(),
                              [&](const auto& entry) { return names(entry, registry, realm); });
}

}  // namespace fairlead
