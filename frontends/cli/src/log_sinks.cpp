#include "log_sinks.hpp"

#include "log_format.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fairlead::cli {
namespace {

void replace_all(std::string& text, const std::string& secret) {
  constexpr std::string_view stars = "********";
  for (std::size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + stars.size())) {
    text.replace(at, secret.size(), stars);
  }
}

}  // namespace

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

SecretMask::SecretMask(EventSink& next, std::vector<std::string> secrets) : next_(next) {
  add(std::move(secrets));
}

void SecretMask::add(std::vector<std::string> secrets) {
  const std::lock_guard lock(mutex_);
  std::copy_if(std::make_move_iterator(secrets.begin()), std::make_move_iterator(secrets.end()),
               std::back_inserter(secrets_), [](const std::string& s) { return !s.empty(); });
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string SecretMask::masked(std::string text) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& secret : secrets_) replace_all(text, secret);
  return text;
}

void SecretMask::on_event(const LogEvent& event) {
  LogEvent clean = event;
  clean.text = masked(std::move(clean.text));
  clean.step_detail = masked(std::move(clean.step_detail));
  next_.on_event(clean);
}

}  // namespace fairlead::cli
