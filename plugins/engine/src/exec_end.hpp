#pragma once

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/own_call.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace fairlead::engine {

/// How one command ended, as the engine announces it among its events: over a link that comes
/// together with the end of its output, where a question would take one more round trip.
class ExecEnd {
 public:
  /// Listens on a connection and a thread of its own, before the command is started.
  ExecEnd(Client& client, const std::string& instance, std::string exec);
  ~ExecEnd();
  ExecEnd(const ExecEnd&) = delete;
  ExecEnd& operator=(const ExecEnd&) = delete;

  /// Its exit status, waited for so long; absent: it was not announced, so ask.
  std::optional<int> exit_code(std::chrono::milliseconds patience);

 private:
  void listen(Client& client, const std::string& instance);
  bool take(std::string_view line);

  const std::string exec_;
  OwnCall call_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int> exit_code_;
  bool over_ = false;
  std::thread thread_;  ///< last: uses the rest
};

}  // namespace fairlead::engine
