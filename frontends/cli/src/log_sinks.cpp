#include "log_sinks.hpp"

#include "log_format.hpp"

#include <utility>

namespace fairlead::cli {
PlainLog::PlainLog(Writer writer, LogLevel least) : writer_(std::move(writer)), least_(least) {}

void PlainLog::on_event(const LogEvent& event) {
  const auto text = plain_log_text(event, least_);
  if (!text) return;
  const std::lock_guard lock(mutex_);
  writer_(*text);
}

TerminalLog::TerminalLog(Writer writer, LogLevel least, std::int64_t began_ms)
    : writer_(std::move(writer)), least_(least), began_ms_(began_ms) {}

void TerminalLog::on_event(const LogEvent& event) {
  const auto text = terminal_log_text(event, least_, began_ms_);
  if (!text) return;
  const std::lock_guard lock(mutex_);
  writer_(*text);
}

JsonLog::JsonLog(Writer writer) : writer_(std::move(writer)) {}

void JsonLog::on_event(const LogEvent& event) {
  const std::string line = json_log_line(event);
  const std::lock_guard lock(mutex_);
  writer_(line);
}

HeaderLog::HeaderLog(EventSink& next, std::string header)
    : next_(next), header_(std::move(header)) {}

void HeaderLog::on_event(const LogEvent& event) {
  std::call_once(told_, [&] {
    LogEvent header;
    header.timestamp_ms = event.timestamp_ms;
    header.text = header_;
    next_.on_event(header);
  });
  next_.on_event(event);
}

void ProgressLines::on_event(const LogEvent& event) {
  if (event.kind == LogEvent::Kind::raw) return output(event);
  if (event.kind != LogEvent::Kind::progress) return next_.on_event(event);
  LogEvent line = event;
  line.kind = LogEvent::Kind::text;
  if (event.state == LogEvent::State::failed) line.level = LogLevel::error;
  if (event.state != LogEvent::State::running) {
    line.text += event.state == LogEvent::State::failed ? " failed" : " done";
  }
  if (!event.step_detail.empty()) line.text += ": " + event.step_detail;
  next_.on_event(line);
}

/// The line that comes of it ends by itself.
void ProgressLines::output(const LogEvent& event) {
  const auto end = event.text.find_last_not_of("\r\n");
  if (end == std::string::npos) return;
  LogEvent line = event;
  line.text.resize(end + 1);
  next_.on_event(line);
}

}  // namespace fairlead::cli
