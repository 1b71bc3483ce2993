#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

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

/// What lifecycle commands in the background have said, before what the container says; with
/// `follow` also what comes, until it goes out of scope.
class LifecycleLog {
 public:
  LifecycleLog(const std::string& path, const Session& session, bool follow)
      : file_(path, std::ios::binary), session_(session) {
    if (path.empty()) return;
    show();
    if (!follow) return;
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        show();
      }
    });
  }

 private:
  void show() {
    file_.clear();
    std::ostringstream text;
    if (file_.peek() != std::ifstream::traits_type::eof()) text << file_.rdbuf();
    if (!text.str().empty()) session_.write_out(text.str());
  }

  std::ifstream file_;
  const Session& session_;
  std::jthread thread_;  ///< last: ends before what it uses
};

}  // namespace

int run_logs(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  LogsOptions options{.selection = selection_of(arguments),
                      .follow = arguments.flag("follow"),
                      .tail = arguments.number("tail").value_or(-1),
                      .since = since_of(arguments.text("since")),
                      .out = duplicate(session.out_fd),
                      .err = duplicate(session.err_fd)};
  try {
    const bool whole = options.tail < 0 && options.since.empty();
    const auto lifecycle = whole ? lifecycle_log(core, options.selection) : std::string();
    const LifecycleLog shown(lifecycle, session, options.follow);
    logs(core, std::move(options), signals.token());
  } catch (const Error& error) {
    if (error.status() != Status::cancelled || arguments.caller() != nullptr) throw;
    return signals.exit_code();
  }
  return 0;
}

}  // namespace fairlead::cli
