#pragma once

#include <fairlead/events.hpp>
#include <fairlead/unique_fd.hpp>

#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace fairlead::cli {

/// One stream of a command as raw events of a log, which is what the reference makes of it for
/// programs
/// (--log-format json). The destructor waits until what was written is logged.
class LoggedOutput {
 public:
  /// Throws Error "process.pipe".
  explicit LoggedOutput(EventSink& sink);
  ~LoggedOutput();
  LoggedOutput(const LoggedOutput&) = delete;
  LoggedOutput& operator=(const LoggedOutput&) = delete;

  /// An end to write to. Throws "process.pipe".
  UniqueFd end() const;

 private:
  void read(const std::stop_token& stop);
  void log(std::string_view piece);

  Log log_;
  UniqueFd read_;
  UniqueFd write_;
  std::string rest_;     ///< a character of which some bytes are missing yet
  std::jthread thread_;  ///< last: ends before what it uses
};

/// How many bytes at the end of `text` begin a UTF-8 character that goes on behind it.
std::size_t unfinished_utf8(std::string_view text);

}  // namespace fairlead::cli
