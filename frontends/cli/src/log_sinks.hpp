#pragma once

#include "writer.hpp"

#include <fairlead/events.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace fairlead::cli {

// Every sink here may be called from any thread; one event's text is never torn by another's.

/// Timestamped lines for files, pipes and build logs.
class PlainLog final : public EventSink {
 public:
  PlainLog(Writer writer, LogLevel least);
  void on_event(const LogEvent& event) override;

 private:
  std::mutex mutex_;
  Writer writer_;
  LogLevel least_;
};

/// The reference's coloured log for a terminal.
class TerminalLog final : public EventSink {
 public:
  TerminalLog(Writer writer, LogLevel least, std::int64_t began_ms);
  void on_event(const LogEvent& event) override;

 private:
  std::mutex mutex_;
  Writer writer_;
  LogLevel least_;
  std::int64_t began_ms_;
};

/// `--log-format json`: one object per line, unfiltered.
class JsonLog final : public EventSink {
 public:
  explicit JsonLog(Writer writer);
  void on_event(const LogEvent& event) override;

 private:
  std::mutex mutex_;
  Writer writer_;
};

/// Puts one line at level info before the first event.
class HeaderLog final : public EventSink {
 public:
  /// \param next gets the header and every event; outlives this
  HeaderLog(EventSink& next, std::string header);
  void on_event(const LogEvent& event) override;

 private:
  std::once_flag told_;
  EventSink& next_;
  std::string header_;
};

/// Turns the state of lifecycle commands, which text formats leave out, into lines of text.
class ProgressLines final : public EventSink {
 public:
  /// \param next outlives this
  explicit ProgressLines(EventSink& next) : next_(next) {}
  void on_event(const LogEvent& event) override;

 private:
  void output(const LogEvent& event);

  EventSink& next_;
};

}  // namespace fairlead::cli
