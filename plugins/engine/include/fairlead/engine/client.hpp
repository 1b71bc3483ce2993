#pragma once

#include <fairlead/engine/endpoint.hpp>
#include <fairlead/engine/errors.hpp>
#include <fairlead/engine/http.hpp>
#include <fairlead/sdk/call.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fairlead::engine {

/// One request to the Engine API; `http.target` is the path as the API reference has it, without
/// the version.
struct ApiRequest {
  HttpRequest http;
  Subject subject;
};

/// A raw byte stream in both directions, what an exec or attach becomes.
struct RawStream {
  std::unique_ptr<Transport> transport;
  std::string received;  ///< the first bytes of the stream, read already
};

/// The Engine API of one endpoint, over kept connections.
///
/// Requests carry no version unless the user fixed one: every engine then answers with its newest,
/// which saves the round trip of a negotiation, and what we send and read means the same in 1.41
/// (20.10) to 1.5x (29). Thread-safe: each request takes a connection of its own from the pool.
///
/// Everything throws Error: "engine.unreachable", "engine.permission", "engine.gone", those of
/// engine_error, and cancelled.
class Client {
 public:
  /// Connects a socket; how is the caller's business (the plugin asks the host).
  using Dial = std::function<UniqueFd(const Endpoint&, const sdk::Call&)>;

  Client(Endpoint endpoint, Dial dial);
  ~Client();

  const Endpoint& endpoint() const noexcept { return endpoint_; }

  /// Once: opens connections that requests will find. Where the socket is the near end of a link,
  /// to connect takes no time here and a round trip there, and so they take it together; elsewhere
  /// it is a waste. Throws when the first fails; of the others a failure is left for the request
  /// that needs one.
  void open_ahead(const sdk::Call& call);

  /// A request whose answer is small.
  HttpResponse send(const ApiRequest& request, const sdk::Call& call);
  /// A request whose answer is a stream: `sink` gets its bytes as they come and says
  /// whether it wants more.
  void stream(const ApiRequest& request, const sdk::Call& call,
              const std::function<bool(std::string_view)>& sink);
  /// A request that turns the connection into a raw stream.
  RawStream hijack(const ApiRequest& request, const sdk::Call& call);

 private:
  std::unique_ptr<HttpConnection> connect(const sdk::Call& call);
  std::unique_ptr<HttpConnection> take_kept();
  std::unique_ptr<HttpConnection> begin(const HttpRequest& request, const sdk::Call& call,
                                        unsigned& status);
  void keep(std::unique_ptr<HttpConnection> connection);

  Endpoint endpoint_;
  Dial dial_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpConnection>> kept_;
  bool opened_ahead_ = false;
};

/// "k=v&…" with both percent-encoded; parameters whose value is empty are left out.
std::string query(const std::vector<std::pair<std::string, std::string>>& parameters);
std::string percent_encoded(std::string_view text);

}  // namespace fairlead::engine
