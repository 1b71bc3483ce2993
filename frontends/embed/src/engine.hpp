#pragma once

#include "connection.hpp"

#include <fairlead/fairlead.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

/// What stands behind the opaque handle of fairlead.h.
struct fairlead_engine {
 public:
  fairlead_engine(fairlead_message_fn on_message, void* user, std::string executable);
  ~fairlead_engine();
  fairlead_engine(const fairlead_engine&) = delete;
  fairlead_engine& operator=(const fairlead_engine&) = delete;

  void send(const std::string& message);

  /// Waits for the answer; without `most` for ever.
  std::string call(std::string_view method, const std::string& params,
                   std::optional<std::chrono::milliseconds> most);

 private:
  bool deliver(std::string_view message);

  fairlead_message_fn on_message_;
  void* user_;
  std::mutex sending_;
  std::mutex mutex_;
  std::condition_variable answered_;
  int last_call_ = 0;
  std::map<std::string, std::optional<std::string>> calls_;  ///< by id as JSON; the answer
  fairlead::rpc::Connection connection_;                     ///< last: its threads use the rest
};
