#pragma once

#include <fairlead/engine/transport.hpp>
#include <fairlead/sdk/call.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::engine {

/// Gives the next bytes of a request's body: how many were put into the buffer, 0 at the end.
using BodySource = std::function<std::size_t(char*, std::size_t)>;

struct HttpRequest {
  std::string method = "GET";
  std::string target;  ///< path and query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string content_type = "application/json";
  BodySource source;     ///< instead of `body`: sent in chunks
  bool upgrade = false;  ///< ask for the raw stream
};

struct HttpResponse {
  unsigned status = 0;
  std::string body;
};

/// One HTTP/1.1 connection: requests one after the other, bodies streamed. One thread at a time.
/// All throw Error(unavailable, "engine.gone") when the connection ends early and Error(cancelled).
class HttpConnection {
 public:
  HttpConnection(std::unique_ptr<Transport> transport, std::string host);
  ~HttpConnection();

  /// Sends the request. A body that the server answers before it has read it is left unsent.
  void send(const HttpRequest& request, const sdk::Call& call);
  /// The status of the response.
  unsigned read_head(const sdk::Call& call);
  /// The next bytes of the body, valid until the next call; empty at its end.
  std::string_view read_body(const sdk::Call& call);

  /// Nothing is left of the last response and the server keeps the connection.
  bool reusable() const;
  /// The peer has closed it or sent what nobody asked for.
  bool stale() const;
  int fd() const;
  /// After an upgrade: the raw stream and the bytes of it that were read already.
  std::pair<std::unique_ptr<Transport>, std::string> release();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fairlead::engine
