#pragma once

#include <fairlead/events.hpp>
#include <fairlead/model.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <string>

namespace fairlead::rpc {

/// What a client said of itself in `initialize`.
struct Client {
  std::string name;
  std::optional<Environment> environment;  ///< absent: the server's own
  std::string working_directory;           ///< absolute; empty: the server's own
  std::optional<LogLevel> log;             ///< how much of the log it gets; absent: nothing
  std::set<std::string> answers;           ///< kinds of questions: "trust", "secret", …
  std::chrono::seconds patience{300};      ///< with a person who is asked
  bool carries_on = false;                 ///< operations go on when it disconnects
};

}  // namespace fairlead::rpc
