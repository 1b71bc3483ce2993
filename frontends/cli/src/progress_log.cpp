#include "progress_log.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace fairlead::cli {
namespace {

using Kind = LogEvent::Kind;
using State = LogEvent::State;

constexpr std::size_t output_limit = 256 * 1024;
constexpr auto tick_period = std::chrono::milliseconds(100);
constexpr std::array<std::string_view, 10> dots = {"⠋", "⠙", "⠹", "⠸", "⠼",
                                                   "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array<std::string_view, 4> bars = {"|", "/", "-", "\\"};

constexpr std::string_view green = "32";
constexpr std::string_view red = "31";
constexpr std::string_view yellow = "33";
constexpr std::string_view faint = "2";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// What a terminal would show last: programs overwrite their line with CR.
std::string last_line(std::string_view output) {
  const std::string plain = without_escapes(output);
  const std::string_view text = trimmed(plain);
  const std::size_t end = text.find_last_of("\r\n");
  return std::string(end == std::string_view::npos ? text : text.substr(end + 1));
}

std::string in_ascii(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    result += step.size == 1 && step.valid ? text.front() : '?';
    text.remove_prefix(step.size);
  }
  return result;
}

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    result += "    " + std::string(line.substr(line.find_last_of('\r') + 1)) + '\n';
  }
  return result;
}

std::int64_t wall_clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string elapsed_text(std::int64_t milliseconds) {
  char text[48];
  const auto seconds = static_cast<long long>(milliseconds / 1000);
  if (milliseconds < 10'000) {
    std::snprintf(text, sizeof text, "%lld.%lld s", seconds,
                  static_cast<long long>(milliseconds % 1000 / 100));
  } else if (seconds < 60) {
    std::snprintf(text, sizeof text, "%lld s", seconds);
  } else {
    std::snprintf(text, sizeof text, "%lld min %02lld s", seconds / 60, seconds % 60);
  }
  return text;
}

ProgressLog::ProgressLog(Writer writer, ProgressStyle style)
    : writer_(std::move(writer)), style_(std::move(style)) {}

ProgressLog::~ProgressLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    steps_.clear();
    redraw();
  }
  changed_.notify_all();
  if (ticker_.joinable()) ticker_.join();
}

void ProgressLog::on_event(const LogEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    now_ms_ = std::max(now_ms_, event.timestamp_ms);
    handle(event);
    redraw();
  }
  changed_.notify_all();
}

void ProgressLog::handle(const LogEvent& event) {
  switch (event.kind) {
    case Kind::start:
      return begin(event);
    case Kind::stop:
      return end(event);
    case Kind::raw:
      return collect(event);
    case Kind::text:
      return tell(event);
    case Kind::progress:
      break;
  }
  if (event.state != State::running) return end(event);
  const auto known = std::find_if(steps_.begin(), steps_.end(),
                                  [&](const Step& step) { return step.text == event.text; });
  if (known == steps_.end()) return begin(event);
  known->detail = event.step_detail;
}

void ProgressLog::begin(const LogEvent& event) {
  Step step{.text = event.text,
            .thread = std::this_thread::get_id(),
            .started_ms = event.timestamp_ms,
            .visible = event.level >= style_.least,
            .detail = event.step_detail};
  steps_.push_back(std::move(step));
  if (style_.ticking && !ticker_.joinable()) ticker_ = std::thread([this] { tick(); });
}

// A stop names its start by text and time, a lifecycle command's end by its name alone.
void ProgressLog::end(const LogEvent& event) {
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const bool same_time =
        event.kind == Kind::progress || steps_[i].started_ms == event.start_timestamp_ms;
    if (steps_[i].text == event.text && same_time) {
      return end_step(i, event.state == State::failed, event.timestamp_ms);
    }
  }
}

void ProgressLog::end_step(std::size_t index, bool failed, std::int64_t now) {
  const Step step = std::move(steps_[index]);
  steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(index));
  if (!step.visible && !(failed && !step.output.empty())) return;
  const std::string mark = failed ? paint(red, style_.unicode ? "✖" : "[failed]")
                                  : paint(green, style_.unicode ? "✔" : "[ok]");
  keep(mark + ' ' + shown(step.text) + ' ' +
       paint(faint, '(' + elapsed_text(now - step.started_ms) + ')'));
  if (!failed) return;
  if (step.output_cut) keep("    ...");
  kept_ += shown(indented(without_escapes(step.output)));
}

ProgressLog::Step* ProgressLog::step_of_this_thread() {
  const auto own = std::find_if(steps_.rbegin(), steps_.rend(), [](const Step& step) {
    return step.thread == std::this_thread::get_id();
  });
  if (own != steps_.rend()) return &*own;
  return steps_.empty() ? nullptr : &steps_.back();
}

void ProgressLog::collect(const LogEvent& event) {
  Step* step = step_of_this_thread();
  if (step == nullptr || style_.least <= LogLevel::debug) {
    if (event.level >= style_.least) kept_ += shown(indented(without_escapes(event.text)));
    return;
  }
  step->output += event.text;
  if (step->output.size() > output_limit) {
    step->output.erase(0, step->output.size() - output_limit / 2);
    step->output.erase(0, step->output.find('\n') + 1);
    step->output_cut = true;
  }
  std::string line = last_line(event.text);
  if (line.empty()) return;
  step->detail = std::move(line);
  // A step that is not shown hands its output to the one around it.
  for (Step& outer : steps_) {
    if (!step->visible && outer.visible && outer.thread == step->thread)
      outer.detail = step->detail;
  }
}

void ProgressLog::tell(const LogEvent& event) {
  if (event.level < style_.least) return;
  const std::string text = shown(trimmed(without_escapes(event.text)));
  if (event.level == LogLevel::error) return keep(paint(red, "error: ") + text);
  if (event.level == LogLevel::warning) return keep(paint(yellow, "warning: ") + text);
  keep(text);
}

void ProgressLog::keep(std::string line) { kept_ += std::move(line) + '\n'; }

std::string ProgressLog::paint(std::string_view sgr, std::string_view text) const {
  if (!style_.colour) return std::string(text);
  return "\x1b[" + std::string(sgr) + 'm' + std::string(text) + "\x1b[0m";
}

std::string ProgressLog::shown(std::string_view text) const {
  return style_.unicode ? std::string(text) : in_ascii(text);
}

// Lines that were drawn for a wider terminal have been broken by a narrower one: count what they
// take.
std::string ProgressLog::erase_live() const {
  const std::size_t columns = std::max<std::size_t>(style_.columns(), 1);
  std::size_t rows = 0;
  for (const std::size_t width : live_widths_)
    rows += std::max<std::size_t>(1, (width + columns - 1) / columns);
  if (rows == 0) return {};
  return "\r\x1b[" + std::to_string(rows) + "A\x1b[J";
}

std::string ProgressLog::live_line(const Step& step) const {
  const std::string_view spinner =
      style_.unicode ? dots[frame_ % dots.size()] : bars[frame_ % bars.size()];
  return std::string(spinner) + ' ' + shown(step.text) + "  " +
         elapsed_text(now_ms_ - step.started_ms);
}

void ProgressLog::redraw() {
  std::string text = erase_live() + kept_;
  kept_.clear();
  live_widths_.clear();
  const std::size_t columns = std::max<std::size_t>(style_.columns(), 20) - 1;
  const auto draw = [&](std::string_view line, std::string_view sgr) {
    const std::string fitted = fit_width(line, columns);
    live_widths_.push_back(display_width(fitted));
    text += paint(sgr, fitted) + '\n';
  };
  for (const Step& step : steps_) {
    if (!step.visible) continue;
    draw(live_line(step), "1");
    if (!step.detail.empty()) draw("    " + shown(step.detail), faint);
  }
  if (!text.empty()) writer_(text);
}

void ProgressLog::tick() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (steps_.empty()) {
      changed_.wait(lock, [&] { return stopping_ || !steps_.empty(); });
      continue;
    }
    const auto due = std::chrono::steady_clock::now() + tick_period;
    changed_.wait_until(lock, due, [&] { return stopping_ || steps_.empty(); });
    if (stopping_ || steps_.empty()) continue;
    ++frame_;
    now_ms_ = std::max(now_ms_, wall_clock_ms());
    redraw();
  }
}

}  // namespace fairlead::cli
