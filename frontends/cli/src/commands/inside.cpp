#include "commands/inside.hpp"

#include "commands/logged_output.hpp"
#include "commands/options.hpp"
#include "commands/raw_terminal.hpp"
#include "commands/signals.hpp"
#include "commands/trust_prompt.hpp"

#include <signal.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace fairlead::cli {
namespace {

/// Passes signals and sizes on to the command; before it runs, a signal ends the attempt.
class Steering {
 public:
  Steering(const Arguments& arguments, bool terminal, Writer complain)
      : caller_(arguments.caller()), terminal_(terminal), complain_(std::move(complain)) {
    if (caller_ == nullptr) signals_.emplace([this](int number) { on_signal(number); });
  }

  std::stop_token token() const { return caller_ != nullptr ? caller_->stop : source_.get_token(); }
  int exit_code() const { return exit_code_; }

  void attach(std::shared_ptr<ExecControl> control) {
    if (caller_ != nullptr) {
      if (caller_->on_started) caller_->on_started(std::move(control));
      return;
    }
    const std::lock_guard lock(mutex_);
    control_ = std::move(control);
  }
  void detach() {
    if (caller_ != nullptr) {
      if (caller_->on_ended) caller_->on_ended();
      return;
    }
    const std::lock_guard lock(mutex_);
    control_.reset();
  }

 private:
  void on_signal(int number) {
    const std::lock_guard lock(mutex_);
    if (number == SIGWINCH) {
      if (terminal_ && control_ != nullptr)
        steer([&] { control_->resize(terminal_size(STDIN_FILENO)); });
    } else if (control_ != nullptr) {
      static const std::map<int, const char*> names = {
          {SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGHUP, "HUP"}, {SIGQUIT, "QUIT"}};
      steer([&] { control_->signal(names.at(number)); });
    } else {
      exit_code_ = 128 + number;
      source_.request_stop();
    }
  }

  template <class Action>
  void steer(const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      // It has just ended: its exit status says the rest.
      if (error.status() == Status::not_found) return;
      complain_("fairlead: " + error.message() + '\n');
    }
  }

  const Caller* caller_;
  bool terminal_;
  Writer complain_;
  std::mutex mutex_;
  std::shared_ptr<ExecControl> control_;
  std::stop_source source_;
  std::atomic<int> exit_code_{0};
  std::optional<Signals> signals_;  ///< last: its thread uses the rest
};

std::string terminal_type() {
  const auto environment = capture_environment();
  const auto term = environment.find("TERM");
  return term == environment.end() ? "xterm" : term->second;
}

TerminalSize size_of(const Arguments& arguments) {
  auto size = terminal_size(STDIN_FILENO);
  if (const auto rows = arguments.number("terminal-rows")) size.rows = *rows;
  if (const auto columns = arguments.number("terminal-columns")) size.cols = *columns;
  return size;
}

ExecOptions options_of(const Arguments& arguments, const Session& session, bool terminal) {
  ExecOptions options{.selection = selection_of(arguments),
                      .remote = remote_options(arguments),
                      .in = duplicate(session.in_fd),
                      .out = duplicate(session.out_fd),
                      .err = duplicate(session.err_fd)};
  if (terminal)
    options.terminal = fairlead::Terminal{.size = size_of(arguments), .term = terminal_type()};
  if (arguments.caller() != nullptr) options.terminal = arguments.caller()->terminal;
  return options;
}

}  // namespace

std::optional<ExecVia> way_inside(const Arguments& arguments) {
  const auto way = arguments.text("via");
  if (way.empty()) return std::nullopt;
  if (way == "relay") return ExecVia::relay;
  return way == "auto" ? ExecVia::automatic : ExecVia::engine;
}

int run_inside(const Arguments& arguments, Session& session,
               const std::function<int(Core&, ExecOptions, std::stop_token)>& operation) {
  const bool logged = arguments.text("log-format") == "json";
  const bool terminal = session.in.is_terminal && session.out.is_terminal && !logged;
  Steering steering(arguments, terminal, session.write_err);
  const auto log = make_log(arguments, session);
  auto core_settings = core_options(arguments);
  core_settings.ask_trust = trust_prompt(arguments, session);
  const bool for_programs = logged && core_settings.mode == fairlead::Mode::drop_in;
  Core core(std::move(core_settings), *log);
  auto options = options_of(arguments, session, terminal);
  std::optional<LoggedOutput> out;
  std::optional<LoggedOutput> err;
  if (for_programs) {
    options.out = out.emplace(*log).end();
    options.err = err.emplace(*log).end();
  }
  std::optional<RawTerminal> raw;
  options.on_started = [&](std::shared_ptr<ExecControl> control) {
    if (control == nullptr) {
      if (terminal) raw.emplace(session.in_fd);
      return;
    }
    steering.attach(std::move(control));
    if (raw) raw->hand_over();
  };
  options.on_ended = [&] {
    steering.detach();
    raw.reset();
  };
  try {
    return operation(core, std::move(options), steering.token());
  } catch (const Error&) {
    if (steering.exit_code() != 0) return steering.exit_code();
    throw;
  }
}

}  // namespace fairlead::cli
