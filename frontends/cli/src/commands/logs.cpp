#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <ctime>

namespace fairlead::cli {
namespace {

/// "10m" and the like as the Unix time that long ago; anything else is the engine's to read.
std::string since_of(const std::string& text) {
  int amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{} || end != text.data() + text.size() - 1) return text;
  const std::string_view units = "smhd";
  constexpr int seconds[] = {1, 60, 3600, 86400};
  const auto unit = units.find(*end);
  if (unit == std::string_view::npos) return text;
  return std::to_string(std::time(nullptr) - static_cast<std::time_t>(amount) * seconds[unit]);
}

}  // namespace

int run_logs(const Arguments& arguments, Session& session) {
  StopOnSignal signals;
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  LogsOptions options{.selection = selection_of(arguments),
                      .follow = arguments.flag("follow"),
                      .tail = arguments.number("tail").value_or(-1),
                      .since = since_of(arguments.text("since")),
                      .out = UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)),
                      .err = UniqueFd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3))};
  try {
    logs(core, std::move(options), signals.token());
  } catch (const Error& error) {
    if (error.status() != Status::cancelled) throw;
    return signals.exit_code();
  }
  return 0;
}

}  // namespace fairlead::cli
