#include <fairlead/engine/client.hpp>

#include <utility>

namespace fairlead::engine {
namespace {

constexpr std::size_t most_kept = 4;
/// A question and one beside it, a command's stream, the announcement of its end.
constexpr std::size_t most_ahead = 3;

std::string read_whole(HttpConnection& connection, const sdk::Call& call) {
  std::string body;
  for (;;) {
    const auto part = connection.read_body(call);
    if (part.empty()) return body;
    body += part;
  }
}

std::string host_header(const Endpoint& endpoint) {
  return endpoint.socket.empty() ? endpoint.text().substr(6) : "localhost";
}

}  // namespace

Client::Client(Endpoint endpoint, Dial dial)
    : endpoint_(std::move(endpoint)), dial_(std::move(dial)) {}

Client::~Client() = default;

std::unique_ptr<HttpConnection> Client::connect(const sdk::Call& call) {
  UniqueFd socket;
  try {
    socket = dial_(endpoint_, call);
  } catch (const Error& error) {
    throw unreachable(error, endpoint_.text(), endpoint_.origin);
  }
  auto transport = endpoint_.tls.enabled ? tls_transport(std::move(socket), endpoint_, call)
                                         : plain_transport(std::move(socket));
  return std::make_unique<HttpConnection>(std::move(transport), host_header(endpoint_));
}

void Client::open_ahead(const sdk::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(opened_ahead_, true)) return;
  }
  const auto open = [&] {
    auto connection = connect(call);
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(connection));
  };
  open();
  try {
    for (std::size_t i = 1; i < most_ahead; ++i) open();
  } catch (const Error&) {  // one is enough to go on with
    return;
  }
}

std::unique_ptr<HttpConnection> Client::take_kept() {
  const std::lock_guard lock(mutex_);
  while (!kept_.empty()) {
    auto connection = std::move(kept_.back());
    kept_.pop_back();
    if (!connection->stale()) return connection;
  }
  return nullptr;
}

void Client::keep(std::unique_ptr<HttpConnection> connection) {
  if (!connection->reusable()) return;
  const std::lock_guard lock(mutex_);
  if (kept_.size() < most_kept) kept_.push_back(std::move(connection));
}

/// Sends and waits for the status. A kept connection may have been closed by the engine just now;
/// what only reads is then asked again.
std::unique_ptr<HttpConnection> Client::begin(const HttpRequest& request, const sdk::Call& call,
                                              unsigned& status) {
  call.throw_if_cancelled();
  if (auto connection = take_kept()) {
    try {
      connection->send(request, call);
      status = connection->read_head(call);
      return connection;
    } catch (const Error& error) {
      if (error.code() != "engine.gone" || request.method != "GET") throw;
    }
  }
  auto connection = connect(call);
  connection->send(request, call);
  status = connection->read_head(call);
  return connection;
}

namespace {

HttpRequest versioned(const HttpRequest& request, const Endpoint& endpoint) {
  auto copy = request;
  if (!endpoint.api_version.empty()) copy.target = "/v" + endpoint.api_version + request.target;
  return copy;
}

}  // namespace

HttpResponse Client::send(const ApiRequest& request, const sdk::Call& call) {
  HttpResponse response;
  auto connection = begin(versioned(request.http, endpoint_), call, response.status);
  response.body = read_whole(*connection, call);
  keep(std::move(connection));
  if (response.status >= 400) throw engine_error(response.status, response.body, request.subject);
  return response;
}

void Client::stream(const ApiRequest& request, const sdk::Call& call,
                    const std::function<bool(std::string_view)>& sink) {
  unsigned status = 0;
  auto connection = begin(versioned(request.http, endpoint_), call, status);
  if (status >= 400) {
    const auto body = read_whole(*connection, call);
    keep(std::move(connection));
    throw engine_error(status, body, request.subject);
  }
  for (;;) {
    const auto part = connection->read_body(call);
    if (part.empty()) break;
    if (!sink(part)) return;
  }
  keep(std::move(connection));
}

RawStream Client::hijack(const ApiRequest& request, const sdk::Call& call) {
  unsigned status = 0;
  auto http = versioned(request.http, endpoint_);
  http.upgrade = true;
  auto connection = begin(http, call, status);
  if (status >= 400) {
    const auto body = read_whole(*connection, call);
    keep(std::move(connection));
    throw engine_error(status, body, request.subject);
  }
  auto [transport, received] = connection->release();
  return {std::move(transport), std::move(received)};
}

std::string percent_encoded(std::string_view text) {
  constexpr auto digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

std::string query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    out += (out.empty() ? "?" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  }
  return out;
}

}  // namespace fairlead::engine
