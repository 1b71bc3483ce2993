#pragma once

#include "features/http_url.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

struct HttpTimes {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds stall{30'000};   ///< nothing arrives for so long
  std::chrono::milliseconds total{600'000};  ///< for one answer
};

struct HttpRequest {
  std::string method = "GET";
  HttpUrl url;
  std::vector<std::string> headers;      ///< "name: value"
  std::optional<std::string_view> body;  ///< outlives the call
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< lower case; repeated ones joined by ", "

  /// "" when the answer does not have it.
  std::string header(const std::string& name) const;
};

/// Gets the body piece by piece, on the caller's thread; what it throws ends the request and is
/// thrown on.
using HttpBody = std::function<void(const HttpAnswer& answer, std::string_view piece)>;

/// Single requests over kept connections; the module with libcurl is loaded by the first one.
/// Proxies, certificates (SSL_CERT_FILE instead of the system's, NODE_EXTRA_CA_CERTS beside them,
/// and the files of certs.d/<host> in the folders where engines look for them) come from
/// `environment`. Thread-safe: calls overlap.
class HttpClient {
 public:
  HttpClient(Environment environment, HttpTimes times);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// One request and its answer, whatever the status; no redirect is followed.
  /// Throws Error: "registry.unreachable", "registry.certificate", "registry.tls",
  /// "registry.timeout", "registry.interrupted" (it broke off), Status::cancelled; "module.*".
  HttpAnswer send(const HttpRequest& request, const HttpBody& body, std::stop_token stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Where certificates to trust and to present for `url` are looked for. Reads folders only.
struct HttpTrust {
  std::vector<std::string> authorities;
  bool system = false;  ///< no file with the system's certificates: ask the TLS library
  std::string certificate;
  std::string key;
};
HttpTrust trust_for(const HttpUrl& url, const Environment& environment);

}  // namespace fairlead
