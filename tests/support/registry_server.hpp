#pragma once

#include "support/child_process.hpp"
#include "support/test_run.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace fairlead::test {

/// How the registry guards itself.
enum class RegistryGuard {
  open,      ///< plain HTTP, everybody may
  password,  ///< TLS with an authority of its own; alice with the password s3cret
  token,     ///< the same, with tokens of a server on another port
};

/// Debian's docker-registry on loopback, filled by the test, gone with this object.
class RegistryServer {
 public:
  /// Throws std::runtime_error when it does not come up within ten seconds.
  RegistryServer(const TestRun& run, RegistryGuard guard);
  ~RegistryServer();
  RegistryServer(const RegistryServer&) = delete;
  RegistryServer& operator=(const RegistryServer&) = delete;

  static bool installed();

  /// "localhost:<port>" when open, else "127.0.0.1:<port>".
  const std::string& name() const { return name_; }
  int port() const { return port_; }
  int token_port() const { return token_port_; }
  /// The authority's certificate, a PEM file.
  std::filesystem::path authority() const { return folder_ / "ca.crt"; }

  /// "GET /v2/…" of everything asked so far, in the order of the answers. Waits until `count` stand
  /// in its log or two seconds are over.
  std::vector<std::string> requests(std::size_t count = 0);

 private:
  void make_certificates() const;
  std::string configuration(RegistryGuard guard) const;
  void start_token_server(const TestRun& run);

  std::filesystem::path folder_;
  int port_ = 0;
  int token_port_ = 0;
  std::string name_;
  std::unique_ptr<ChildProcess> token_server_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace fairlead::test
