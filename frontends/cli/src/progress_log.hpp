#pragma once

#include "terminal.hpp"
#include "writer.hpp"

#include <fairlead/events.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::cli {

/// How a ProgressLog shows things.
struct ProgressStyle {
  bool colour = false;
  bool unicode = false;
  LogLevel least = LogLevel::info;
  bool ticking = true;                   ///< redraw by time as well as by event; off in tests
  std::function<std::size_t()> columns;  ///< asked at each redraw, so that resizing is followed
};

/// fairlead's live display: below what stays, one line for each running step with a spinner and its
/// age, and under it the last line of what its program printed. A finished step leaves one line; a
/// failed one leaves everything its program printed, too.
///
/// Output belongs to the innermost step of the thread that reports it. Thread-safe.
class ProgressLog final : public EventSink {
 public:
  ProgressLog(Writer writer, ProgressStyle style);
  /// Takes the live lines away.
  ~ProgressLog() override;
  void on_event(const LogEvent& event) override;

 private:
  struct Step {
    std::string text;
    std::thread::id thread;
    std::int64_t started_ms;
    bool visible;
    std::string output = {};  ///< everything printed, the newest part when it is a lot
    bool output_cut = false;
    std::string detail = {};  ///< the line under it
  };

  void handle(const LogEvent& event);
  void begin(const LogEvent& event);
  void end(const LogEvent& event);
  void end_step(std::size_t index, bool failed, std::int64_t now);
  void collect(const LogEvent& event);
  void tell(const LogEvent& event);
  Step* step_of_this_thread();

  void keep(std::string line);
  void redraw();
  std::string erase_live() const;
  std::string live_line(const Step& step) const;
  std::string paint(std::string_view sgr, std::string_view text) const;
  std::string shown(std::string_view text) const;
  void tick();

  std::mutex mutex_;
  std::condition_variable changed_;
  Writer writer_;
  ProgressStyle style_;
  std::vector<Step> steps_;
  std::string kept_;                      ///< permanent lines not written yet
  std::vector<std::size_t> live_widths_;  ///< of the lines that stand below the cursor's home
  std::int64_t now_ms_ = 0;
  std::size_t frame_ = 0;
  bool stopping_ = false;
  std::thread ticker_;
};

/// "0.4 s", "12 s", "3 min 05 s".
std::string elapsed_text(std::int64_t milliseconds);

}  // namespace fairlead::cli
