#include "features/registry_auth.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

constexpr std::size_t token_limit = std::size_t{1} << 20U;

Error challenge_error(const HttpUrl& registry, const std::string& why, const std::string& hint) {
  return Error(Status::denied, "registry.challenge",
               "The registry " + registry.host + " cannot be logged in to: " + why + ".", hint);
}

std::string parameter(const AuthChallenge& challenge, const char* name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string{} : found->second;
}

struct Reply {
  int status = 0;
  std::string body;
};

Reply send(HttpClient& client, const HttpRequest& request, const std::stop_token& stop) {
  Reply reply;
  const auto collect = [&reply](const HttpAnswer&, std::string_view piece) {
    if (reply.body.size() + piece.size() > token_limit) {
      throw Error(Status::failed, "registry.too_large", "A token server sends no end of bytes.");
    }
    reply.body += piece;
  };
  reply.status = client.send(request, collect, stop).status;
  return reply;
}

std::optional<std::string> token_of(const Reply& reply) {
  if (reply.status < 200 || reply.status > 299) return {};
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  if (!json.is_object()) return {};
  for (const auto* name : {"token", "access_token"}) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) continue;
    auto token = found->get<std::string>();
    // A line end would make further headers of it.
    if (!token.empty() && token.find_first_of("\r\n") == std::string::npos) return token;
  }
  return {};
}

std::string query_of(const std::string& service, const std::string& scope) {
  return "service=" + percent_encoded(service) + "&scope=" + percent_encoded(scope);
}

std::string basic(const RegistryCredentials& credentials) {
  return "Basic " + base64_encoded(credentials.username + ':' + credentials.password);
}

HttpRequest token_request(HttpUrl realm, const std::string& service, const std::string& scope,
                          const std::string& authorization) {
  realm.target +=
      (realm.target.find('?') == std::string::npos ? '?' : '&') + query_of(service, scope);
  HttpRequest request{.url = std::move(realm), .headers = {"user-agent: fairlead"}, .body = {}};
  if (!authorization.empty()) request.headers.push_back("authorization: " + authorization);
  return request;
}

}  // namespace

RegistryAuth::RegistryAuth(HttpUrl registry, AuthPolicy policy, Credentials credentials)
    : registry_(std::move(registry)), policy_(std::move(policy)), find_(std::move(credentials)) {}

const std::optional<RegistryCredentials>& RegistryAuth::credentials(const std::stop_token& stop) {
  if (!searched_) credentials_ = find_(stop);
  searched_ = true;
  return credentials_;
}

bool RegistryAuth::has_credentials() const {
  const std::lock_guard lock(mutex_);
  return credentials_.has_value();
}

std::optional<std::string> RegistryAuth::fetch_token(const std::string& scope, HttpClient& client,
                                                     const std::stop_token& stop) {
  const auto realm = parse_http_url(parameter(*challenge_, "realm"));
  const auto service = parameter(*challenge_, "service");
  const bool trusted = is_trusted_realm(registry_, realm, policy_);
  const auto found = trusted ? credentials(stop) : std::nullopt;
  std::optional<std::string> token;
  if (found && !found->identity_token.empty()) {
    const auto form = "client_id=devcontainer&grant_type=refresh_token&" +
                      query_of(service, scope) +
                      "&refresh_token=" + percent_encoded(found->identity_token);
    token = token_of(send(client,
                          {.method = "POST",
                           .url = realm,
                           .headers = {"content-type: application/x-www-form-urlencoded"},
                           .body = form},
                          stop));
  } else if (found) {
    token = token_of(send(client, token_request(realm, service, scope, basic(*found)), stop));
  }
  if (!token) token = token_of(send(client, token_request(realm, service, scope, {}), stop));
  if (token) return "Bearer " + *token;
  return {};
}

void RegistryAuth::explain_untrusted(const std::stop_token& stop) {
  const auto realm = parse_http_url(parameter(*challenge_, "realm"));
  if (is_trusted_realm(registry_, realm, policy_) || !credentials(stop)) return;
  const auto server = realm.host + ':' + realm.port;
  throw challenge_error(
      registry_,
      "its token server " + server + " is another machine, which does not get its password",
      "If they belong together, set registry_auth_hosts = [\"" + registry_.host + ':' +
          registry_.port + '=' + server + "\"] in your own settings.");
}

std::string RegistryAuth::known(const std::string& scope, HttpClient& client,
                                std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  if (!challenge_) return {};
  const bool bearer = challenge_->scheme == "bearer";
  if (const auto found = headers_.find(bearer ? scope : ""); found != headers_.end()) {
    return found->second;
  }
  if (!bearer) return {};
  auto header = fetch_token(scope, client, stop);
  return header ? headers_[scope] = *header : std::string{};
}

std::optional<std::string> RegistryAuth::answer(const std::string& header, const std::string& scope,
                                                const std::string& refused, HttpClient& client,
                                                std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  auto challenge = parse_challenge(header);
  if (!challenge) return {};
  const bool bearer = challenge->scheme == "bearer";
  const std::string key = bearer ? scope : "";
  // Another thread may have logged in meanwhile.
  if (const auto found = headers_.find(key); found != headers_.end() && found->second != refused) {
    return found->second;
  }
  challenge_ = std::move(challenge);
  if (bearer) {
    // A registry may want more than we thought of; what it says counts for this request.
    const auto asked = parameter(*challenge_, "scope");
    auto token = fetch_token(refused.empty() || asked.empty() ? scope : asked, client, stop);
    if (!token || !refused.empty()) explain_untrusted(stop);
    if (token) headers_[key] = *token;
    return token;
  }
  const auto& found = credentials(stop);
  if (!found || found->username.empty()) return {};
  auto value = basic(*found);
  if (value == refused) return {};
  return headers_[key] = std::move(value);
}

}  // namespace fairlead
