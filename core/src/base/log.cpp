#include <fairlead/events.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace fairlead {
namespace {

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

LogEvent event_now(LogEvent::Kind kind, LogLevel level, std::string text) {
  LogEvent event;
  event.kind = kind;
  event.level = level;
  event.timestamp_ms = now_ms();
  event.text = std::move(text);
  return event;
}

}  // namespace

Log Log::on_channel(std::string channel) const {
  Log log = *this;
  log.channel_ = std::move(channel);
  return log;
}

void Log::send(LogEvent event) const {
  event.channel = channel_;
  sink_->on_event(event);
}

void Log::text(LogLevel level, std::string text) const {
  send(event_now(LogEvent::Kind::text, level, std::move(text)));
}

void Log::raw(std::string_view output, LogLevel level) const {
  send(event_now(LogEvent::Kind::raw, level, std::string(output)));
}

std::int64_t Log::start(std::string text, LogLevel level) const {
  auto event = event_now(LogEvent::Kind::start, level, std::move(text));
  const auto started_ms = event.timestamp_ms;
  send(std::move(event));
  return started_ms;
}

void Log::stop(std::string text, std::int64_t started_ms, LogLevel level,
               LogEvent::State state) const {
  LogEvent event = event_now(LogEvent::Kind::stop, level, std::move(text));
  event.start_timestamp_ms = started_ms;
  event.state = state;
  send(std::move(event));
}

void Log::progress(std::string name, LogEvent::State state, std::string detail) const {
  LogEvent event = event_now(LogEvent::Kind::progress, LogLevel::info, std::move(name));
  event.state = state;
  event.step_detail = std::move(detail);
  send(std::move(event));
}

LogStep::LogStep(const Log& log, std::string text, LogLevel level)
    : log_(log),
      text_(std::move(text)),
      level_(level),
      started_ms_(log_.start(text_, level)),
      exceptions_(std::uncaught_exceptions()) {}

LogStep::~LogStep() {
  const bool failed = std::uncaught_exceptions() > exceptions_;
  log_.stop(text_, started_ms_, level_,
            failed ? LogEvent::State::failed : LogEvent::State::succeeded);
}

}  // namespace fairlead
