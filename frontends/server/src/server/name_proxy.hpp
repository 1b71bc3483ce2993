#pragma once

#include <fairlead/unique_fd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::server {

/// Where a name leads.
struct NamedServer {
  std::string address;
  int port = 0;
  bool tls = false;  ///< whatever certificate it has
};

/// HTTP/1 on one port of 127.0.0.1 and ::1: the Host of a request says which
/// forward gets it. WebSockets pass; a Host that is no known name is refused.
/// Threads of its own.
class NameProxy {
 public:
  /// What a name, "8080.my-app", stands for; called on the proxy's threads.
  using Find = std::function<std::optional<NamedServer>(const std::string& name)>;

  /// Listens on `port`, or on one of the next nine when others have it. Throws
  /// Error "ports.taken".
  NameProxy(int port, Find find);
  /// Ends all connections.
  ~NameProxy();
  NameProxy(const NameProxy&) = delete;
  NameProxy& operator=(const NameProxy&) = delete;

  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::server
