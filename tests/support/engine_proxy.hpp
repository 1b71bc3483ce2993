#pragma once

#include <fairlead/unique_fd.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::test {

/// Stands between a client and the engine: counts requests, and does harm at chosen ones.
class EngineProxy {
 public:
  enum class Verdict {
    forward,
    cut,  ///< this connection ends without an answer
    die   ///< this and every later connection does, as after the engine's death
  };
  /// Called for each request before it is forwarded, with its number from 1 and its line, on the
  /// connection's thread; what it does meanwhile (wait, kill somebody) delays the request.
  using Judge = std::function<Verdict(int number, const std::string& line)>;

  /// Listens at `socket`, forwards to `engine`; both are paths.
  EngineProxy(std::string socket, std::string engine, Judge judge = {});
  ~EngineProxy();
  EngineProxy(const EngineProxy&) = delete;
  EngineProxy& operator=(const EngineProxy&) = delete;

  /// DOCKER_HOST's value for clients.
  std::string host() const { return "unix://" + socket_; }
  /// "GET /containers/json?…": the lines so far, version prefixes removed.
  std::vector<std::string> requests() const;
  void forget_requests();

 private:
  void accept_connections();
  void serve(UniqueFd client);
  Verdict note(const std::string& line);

  std::string socket_;
  std::string engine_;
  Judge judge_;
  std::atomic<bool> dead_ = false;
  UniqueFd listener_;
  UniqueFd end_read_;
  UniqueFd end_write_;
  mutable std::mutex mutex_;  ///< guards what follows
  std::vector<std::string> requests_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace fairlead::test
