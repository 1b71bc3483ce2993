#pragma once

#include <fairlead/unique_fd.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fairlead::test {

struct WebRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< lower-case names
  std::string body;
};

/// One request's connection, for answers that are as wrong as a test needs them.
class WebConnection {
 public:
  explicit WebConnection(int fd) : fd_(fd) {}
  /// False when the other side is gone.
  bool send(std::string_view bytes) const;
  /// A whole answer with its length. `headers` are lines, each with its end.
  void reply(int status, std::string_view body, const std::string& headers = {}) const;
  /// Until the other side closes, at most twenty seconds.
  void wait_for_close() const;

 private:
  int fd_;
};

/// A plain HTTP server on loopback that says what a test tells it to: a registry that lies, a
/// proxy, a server of archives. One thread per connection, one request per connection.
class WebServer {
 public:
  using Handler = std::function<void(const WebRequest&, WebConnection&)>;
  explicit WebServer(Handler handler);
  /// Ends every connection.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  int port() const { return port_; }
  /// "localhost:<port>", which registries of that name are reached at without TLS.
  std::string name() const { return "localhost:" + std::to_string(port_); }
  /// "GET /v2/…", in order of arrival.
  std::vector<std::string> requests() const;
  /// The last request for `target`.
  WebRequest last(const std::string& target) const;

 private:
  void accept_all(const std::stop_token& stop);
  void serve(int fd);

  Handler handler_;
  UniqueFd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<WebRequest> seen_;
  std::vector<UniqueFd> sockets_;
  std::vector<std::jthread> workers_;
  std::jthread acceptor_;
};

/// A port on 127.0.0.1 that nobody listens on just now.
int free_port();

}  // namespace fairlead::test
