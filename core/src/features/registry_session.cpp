#include "features/registry_session.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>

namespace fairlead {
namespace {

constexpr std::size_t refusal_limit = std::size_t{64} << 10U;
constexpr std::chrono::seconds longest_pause{60};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool may_pass(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool may_pass(const Error& error) {
  return error.code() == "registry.unreachable" || error.code() == "registry.interrupted" ||
         error.code() == "registry.timeout";
}

/// Seconds; a date is not worth reading, the usual pause does.
std::optional<std::chrono::milliseconds> retry_after(const HttpAnswer& answer) {
  const auto text = answer.header("retry-after");
  unsigned seconds = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || result.ptr != text.data() + text.size()) return {};
  return std::chrono::seconds(seconds);
}

void pause(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "cancelled", "cancelled while waiting for a registry");
  }
}

/// Docker Hub is known to docker's configuration by an address of its past.
std::string credentials_key(const std::string& registry) {
  return registry == "registry-1.docker.io" ? "https://index.docker.io/v1/" : registry;
}

HttpTimes times_of(const RegistryLimits& limits) {
  return {.connect = limits.connect, .stall = limits.stall, .total = limits.total};
}

Error redirect_error(const HttpUrl& url, const std::string& why) {
  return Error(Status::failed, "registry.redirect",
               "The registry " + url.host + " sends us " + why + ".");
}

}  // namespace

RegistrySession::RegistrySession(const RegistryOptions& options, const Log& log)
    : options_(options), log_(log), client_(options.environment, times_of(options.limits)) {}

HttpUrl RegistrySession::address(const std::string& registry) const {
  auto url = parse_http_url("https://" + registry);
  if (url.host != "localhost") return url;
  return parse_http_url("http://" + registry);
}

RegistryAuth& RegistrySession::auth(const std::string& registry) {
  const std::lock_guard lock(mutex_);
  auto& auth = auths_[registry];
  if (!auth) {
    auth = std::make_unique<RegistryAuth>(
        address(registry), options_.auth, [this, registry](std::stop_token stop) {
          return find_credentials(options_.environment, credentials_key(registry),
                                  options_.credential_helper, std::move(stop));
        });
  }
  return *auth;
}

RegistryReply RegistrySession::send_one(const RegistryRequest& request, const HttpUrl& url,
                                        const std::string& authorization, std::stop_token stop) {
  HttpRequest http{
      .method = request.method, .url = url, .headers = request.headers, .body = request.body};
  http.headers.emplace_back("user-agent: fairlead");
  if (!authorization.empty()) http.headers.push_back("authorization: " + authorization);
  if (request.begin) request.begin(http.headers);
  RegistryReply reply{.answer = {}, .url = url, .refusal = {}};
  const auto take = [&](const HttpAnswer& answer, std::string_view piece) {
    if (answer.status >= 200 && answer.status < 300) {
      if (request.on_body) request.on_body(answer, piece);
    } else if (reply.refusal.size() + piece.size() <= refusal_limit) {
      reply.refusal += piece;
    }
  };
  reply.answer = client_.send(http, take, std::move(stop));
  return reply;
}

RegistryReply RegistrySession::follow(const RegistryRequest& request,
                                      const std::string& authorization, std::stop_token stop) {
  auto url = request.url;
  std::set<std::string> seen;
  for (int i = 0; i <= options_.limits.redirects; ++i) {
    if (!seen.insert(url.text()).second) throw redirect_error(request.url, "round in circles");
    const bool ours = url.same_origin(request.url);
    auto reply = send_one(request, url, ours ? authorization : "", stop);
    const auto location = reply.answer.header("location");
    const bool reading = request.method == "GET" || request.method == "HEAD";
    if (!is_redirect(reply.answer.status) || location.empty() || !reading) return reply;
    auto next = resolve_location(url, location);
    if (url.scheme == "https" && next.scheme != "https") {
      throw redirect_error(request.url, "to an address without encryption, " + next.host);
    }
    url = std::move(next);
  }
  throw redirect_error(request.url, "from one address to the next without an end");
}

RegistryReply RegistrySession::attempt(const RegistryRequest& request, std::stop_token stop) {
  if (request.registry.empty()) return follow(request, request.authorization, std::move(stop));
  auto& auth = this->auth(request.registry);
  auto authorization = auth.known(request.scope, client_, stop);
  for (int logins = 0;; ++logins) {
    auto reply = follow(request, authorization, stop);
    const int status = reply.answer.status;
    const bool asked = (status == 401 || status == 403) && reply.url.same_origin(request.url);
    const auto challenge = reply.answer.header("www-authenticate");
    if (!asked || challenge.empty() || logins == 2) return reply;
    const auto header = auth.answer(challenge, request.scope, authorization, client_, stop);
    if (!header) return reply;
    authorization = *header;
  }
}

bool RegistrySession::try_plainly(RegistryRequest& request, const Error& error) {
  const auto& host = request.url.host;
  const bool loopback = host == "[::1]" || host.starts_with("127.");
  if (error.code() != "registry.tls" || !is_loopback(host) || !loopback) return false;
  if (request.url.scheme != "https" || request.registry.empty()) return false;
  const std::lock_guard lock(mutex_);
  plain_.insert(request.registry);
  request.url.scheme = "http";
  return true;
}

RegistryReply RegistrySession::send(const RegistryRequest& given, std::stop_token stop) {
  auto request = given;
  {
    const std::lock_guard lock(mutex_);
    if (plain_.contains(request.registry)) request.url.scheme = "http";
  }
  auto wait = options_.limits.backoff;
  for (int left = options_.limits.attempts - 1;; --left, wait *= 2) {
    auto next = wait;
    std::string reason;
    try {
      auto reply = attempt(request, stop);
      if (!may_pass(reply.answer.status) || left <= 0) return reply;
      reason = "status " + std::to_string(reply.answer.status);
      if (const auto asked = retry_after(reply.answer)) {
        if (*asked > longest_pause) return reply;
        next = *asked;
      }
    } catch (const Error& error) {
      if (try_plainly(request, error)) continue;
      // Nobody there, or no network at all: seldom better a moment later.
      if (error.code() == "registry.unreachable") left = std::min(left, 1);
      if (!may_pass(error) || left <= 0) throw;
      reason = error.message();
    }
    log_.text(LogLevel::debug, "Trying " + request.url.host + " again: " + reason);
    pause(next, stop);
  }
}

}  // namespace fairlead
