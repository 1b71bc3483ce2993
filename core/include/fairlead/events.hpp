#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// Severity of a log event; the numbers are those of the reference CLI's JSON log.
enum class LogLevel { trace = 1, debug = 2, info = 3, warning = 4, error = 5 };

/// One thing worth telling while an operation runs.
///
/// `start` and `stop` bracket a step (same `text`; `stop` carries when the step began), `progress`
/// is a lifecycle command's state, `raw` is a program's own output, byte for byte, `text` is a line
/// of ours.
struct LogEvent {
  enum class Kind { text, raw, start, stop, progress };
  enum class State { running, succeeded, failed };

  Kind kind = Kind::text;
  LogLevel level = LogLevel::info;
  std::int64_t timestamp_ms = 0;        ///< milliseconds since the Unix epoch
  std::string text;                     ///< for progress: its name
  std::int64_t start_timestamp_ms = 0;  ///< of a stop event
  State state = State::running;         ///< of a progress event; of a stop event failed or not
  std::string step_detail;              ///< of a progress event; empty: none
  std::string channel;                  ///< whose output this is; empty: the operation's own
};

/// Where events go. Implementations are thread-safe: parallel commands report from several threads.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const LogEvent& event) = 0;
};

/// Convenience over a sink: stamps the time and masks secrets.
class Log {
 public:
  explicit Log(EventSink& sink) : sink_(&sink) {}

  /// The same log; its events carry the channel.
  Log on_channel(std::string channel) const;

  void text(LogLevel level, std::string text) const;
  void raw(std::string_view output, LogLevel level = LogLevel::debug) const;
  /// Returns the start time in milliseconds, to be handed to `stop`.
  std::int64_t start(std::string text, LogLevel level = LogLevel::info) const;
  void stop(std::string text, std::int64_t started_ms, LogLevel level = LogLevel::info,
            LogEvent::State state = LogEvent::State::succeeded) const;
  void progress(std::string name, LogEvent::State state, std::string detail = {}) const;

 private:
  void send(LogEvent event) const;

  EventSink* sink_;
  std::string channel_;
};

/// A step that reports its start now and its stop when it goes out of scope: failed when an
/// exception is why.
class LogStep {
 public:
  LogStep(const Log& log, std::string text, LogLevel level = LogLevel::info);
  ~LogStep();
  LogStep(const LogStep&) = delete;
  LogStep& operator=(const LogStep&) = delete;

 private:
  Log log_;
  std::string text_;
  LogLevel level_;
  std::int64_t started_ms_;
  int exceptions_;
};

}  // namespace fairlead
