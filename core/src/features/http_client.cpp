#include "features/http_client.hpp"

#include "base/module.hpp"
#include "base/text.hpp"
#include "features/http_table.hpp"

#include <array>
#include <exception>
#include <mutex>

namespace fairlead {
namespace {

const HttpTable& table() {
  static const auto* const loaded = static_cast<const HttpTable*>(
      load_module(http_module_file, http_table_symbol, http_table_version));
  return *loaded;
}

struct CloseConnection {
  void operator()(void* self) const { table().close(self); }
};
using Connection = std::unique_ptr<void, CloseConnection>;

/// One answer while it arrives.
struct Receiving {
  HttpAnswer answer;
  const HttpBody* body;
  std::exception_ptr thrown;
};

void add_header(HttpAnswer& answer, std::string_view line) {
  line = trim(line);
  if (line.starts_with("HTTP/")) {  // after "100 Continue" a second one comes
    answer = {};
    const auto blank = line.find(' ');
    if (blank != std::string_view::npos) {
      for (const char c : line.substr(blank + 1, 3)) {
        if (c >= '0' && c <= '9') answer.status = answer.status * 10 + (c - '0');
      }
    }
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  auto& value = answer.headers[to_lower(trim(line.substr(0, colon)))];
  if (!value.empty()) value += ", ";
  value += trim(line.substr(colon + 1));
}

bool take_header(void* context, const char* line, std::size_t size) {
  add_header(static_cast<Receiving*>(context)->answer, {line, size});
  return true;
}

bool take_body(void* context, const char* data, std::size_t size) {
  auto& receiving = *static_cast<Receiving*>(context);
  try {
    (*receiving.body)(receiving.answer, {data, size});
    return true;
  } catch (...) {
    receiving.thrown = std::current_exception();
    return false;
  }
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> result;
  for (const auto& text : texts) result.push_back(text.c_str());
  return result;
}

[[noreturn]] void throw_fault(int result, const HttpUrl& url, const std::string& why) {
  const auto server = url.host + (url.port == "443" || url.port == "80" ? "" : ':' + url.port);
  switch (result) {
    case http_timeout:
      throw Error(Status::timeout, "registry.timeout",
                  "The registry " + server + " does not answer in time: " + why + ".");
    case http_tls:
      throw Error(Status::unavailable, "registry.certificate",
                  "No secure connection to the registry " + server + ": " + why + ".",
                  "An authority of your own is named by NODE_EXTRA_CA_CERTS or lies in "
                  "/etc/docker/certs.d/" +
                      server + "/ca.crt.");
    case http_no_tls:
      throw Error(Status::unavailable, "registry.tls",
                  "The registry " + server + " does not speak TLS as we do: " + why + ".",
                  "Only registries on this machine may be without it: localhost, 127.0.0.1.");
    case http_cut:
      throw Error(Status::unavailable, "registry.interrupted",
                  "The connection to the registry " + server + " broke off: " + why + ".");
    default:
      throw Error(
          Status::unavailable, "registry.unreachable",
          "The registry " + server + " cannot be reached: " + why + ".",
          "Look at the network, HTTPS_PROXY and NO_PROXY. `--offline` uses the cache alone.");
  }
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

struct HttpClient::State {
  Environment environment;
  HttpTimes times;
  std::mutex mutex;
  std::vector<Connection> idle;

  Connection take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) {
      Connection fresh(table().open());
      if (!fresh)
        throw Error(Status::internal, "module.missing", "The HTTP module does not start.");
      return fresh;
    }
    auto connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }
  void give_back(Connection connection) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(connection));
  }
};

HttpClient::HttpClient(Environment environment, HttpTimes times)
    : state_(std::make_unique<State>()) {
  state_->environment = std::move(environment);
  state_->times = times;
}
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::send(const HttpRequest& request, const HttpBody& body,
                            std::stop_token stop) {
  auto connection = state_->take();
  const auto url = request.url.text();
  const auto proxy = proxy_for(request.url, state_->environment);
  const auto trust = trust_for(request.url, state_->environment);
  const auto headers = pointers(request.headers);
  const auto authorities = pointers(trust.authorities);
  std::atomic<bool> stopped{false};
  const HttpCall call{.method = request.method.c_str(),
                      .url = url.c_str(),
                      .headers = headers.data(),
                      .header_count = headers.size(),
                      .body = request.body ? request.body->data() : nullptr,
                      .body_size = request.body ? request.body->size() : 0,
                      .proxy = proxy.c_str(),
                      .authorities = authorities.data(),
                      .authority_count = authorities.size(),
                      .system_authorities = trust.system,
                      .certificate = trust.certificate.c_str(),
                      .key = trust.key.c_str(),
                      .connect_ms = state_->times.connect.count(),
                      .stall_ms = state_->times.stall.count(),
                      .total_ms = state_->times.total.count(),
                      .stop = &stopped};
  Receiving receiving{.answer = {}, .body = &body, .thrown = {}};
  const HttpSink sink{&receiving, take_header, take_body};
  std::array<char, 512> message{};
  int result = 0;
  {
    const std::stop_callback on_stop(stop, [&] {
      stopped = true;
      table().wake(connection.get());
    });
    result = table().perform(connection.get(), &call, &sink, message.data(), message.size());
  }
  state_->give_back(std::move(connection));
  if (receiving.thrown) std::rethrow_exception(receiving.thrown);
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "cancelled", "cancelled while talking to a registry");
  }
  if (result != http_done) throw_fault(result, request.url, message.data());
  return receiving.answer;
}

}  // namespace fairlead
