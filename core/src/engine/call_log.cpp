#include "engine/call_log.hpp"

namespace fairlead {
namespace {

std::string progress_line(const Progress& progress) {
  std::string line = progress.id.empty() ? progress.text : progress.id + ": " + progress.text;
  if (progress.total > 0) {
    constexpr std::int64_t megabyte = 1'000'000;
    line += ' ' + std::to_string(progress.current / megabyte) + '/' +
            std::to_string((progress.total + megabyte - 1) / megabyte) + " MB";
  }
  return line + '\n';
}

}  // namespace

CallOptions logged_call(const Core& core, std::stop_token stop, LogLevel level) {
  CallOptions options{.stop = std::move(stop)};
  options.on_event = [log = core.log(), level](const Event& event) {
    if (event.output) log.raw(*event.output, level);
    if (event.progress) log.raw(progress_line(*event.progress), level);
    if (event.warning) log.text(LogLevel::warning, *event.warning);
  };
  return options;
}

}  // namespace fairlead
