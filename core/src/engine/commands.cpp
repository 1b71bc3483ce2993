#include "engine/commands.hpp"

#include "base/secret_mask.hpp"
#include "base/text.hpp"

#include <fairlead/engine.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace fairlead {
namespace {

constexpr int interrupted = 130;

std::vector<std::string> words_of(const CommandLine& line) {
  if (const auto* text = std::get_if<std::string>(&line)) return {"/bin/sh", "-c", *text};
  return std::get<std::vector<std::string>>(line);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// What a person recognises: the text of a string command, the words of the other form.
std::string shown(const CommandLine& line) {
  const auto* text = std::get_if<std::string>(&line);
  return text != nullptr ? *text : joined(std::get<std::vector<std::string>>(line));
}

/// The end of what a command has said, for its failure.
class OutputEnd {
 public:
  void add(std::string_view piece) {
    text_ += piece;
    if (text_.size() > 2 * limit) text_.erase(0, text_.size() - limit);
  }
  /// Whole lines, few enough to read.
  std::string text() const {
    const auto whole = trim(text_);
    auto start = whole.size();
    for (int lines = 0; lines < most_lines && start > 0; ++lines) {
      const auto end = whole.rfind('\n', start - 1);
      start = end == std::string_view::npos ? 0 : end;
    }
    const auto last = whole.substr(start);
    return replace_invalid_utf8(trim(last.substr(last.size() - std::min(last.size(), limit))));
  }

 private:
  static constexpr std::size_t limit = 2000;
  static constexpr int most_lines = 10;
  std::string text_;
};

/// How one command line ended, and what it said last.
struct Ending {
  int status = 0;
  std::string output;
};

/// `entry`: the command's name in an object, empty for the other forms.
OperationError failure(const Core& core, const HookTitle& title, const std::string& entry,
                       const CommandLine& line, const Ending& ending) {
  auto message = "Command failed: " + joined(words_of(line));
  if (core.mode() == Mode::fairlead)
    message += " (exit code " + std::to_string(ending.status) + ")";
  const auto which = (entry.empty() ? "" : entry + " of ") + title.hook + " from " + title.origin;
  const auto description = which + " failed.";
  Error error(Status::failed, "hook.failed", core.masked(std::move(message)),
              core.mode() == Mode::fairlead ? "The container is left as it is; mend the command "
                                              "and run `fairlead up` again."
                                            : "");
  error.note("running the " + which);
  if (core.mode() == Mode::fairlead) {
    if (!ending.output.empty()) error.note("its output ended with\n" + ending.output);
    error.at(title.where);
  }
  return {std::move(error), description};
}

/// Everything that a lifecycle command says goes here, as with the reference.
Log hook_log(const Core& core) { return core.log().on_channel("postCreate"); }

/// The state of one hook for those who watch.
class ProgressReport {
 public:
  ProgressReport(const Core& core, const HookTitle& title)
      : log_(hook_log(core)), name_("Running " + title.hook + "...") {}

  void begin(const std::string& detail) const {
    log_.progress(name_, LogEvent::State::running, detail);
  }
  void end(bool well) const {
    log_.progress(name_, well ? LogEvent::State::succeeded : LogEvent::State::failed);
  }
  /// A command may say what it is at: "::step::text", and "::endstep::" to say no more.
  void listen(std::string_view output) {
    for (const char c : output) {
      if (c != '\n' && line_.size() < longest_line) {
        line_ += c;
        continue;
      }
      if (line_.starts_with(step)) begin(line_.substr(step.size()));
      if (line_.starts_with("::endstep::")) begin({});
      line_.clear();
    }
  }

 private:
  static constexpr std::string_view step = "::step::";
  static constexpr std::size_t longest_line = 4096;

  Log log_;
  std::string name_;
  std::string line_;
};

Ending run_single(const Core& core, const HookTitle& title, const NamedCommand& command,
                  const CommandRunner& run, ProgressReport& report) {
  const auto log = hook_log(core);
  log.raw("\x1b[1mRunning the " + title.hook + " from " + title.origin + "...\x1b[0m\r\n\r\n",
          LogLevel::info);
  report.begin(shown(command.line));
  MaskedStream masked(core.secret_mask());
  OutputEnd end;
  const auto show = [&](const std::string& text) {
    if (text.empty()) return;
    log.raw(text, LogLevel::info);
    report.listen(text);
    end.add(text);
  };
  const int status =
      run(words_of(command.line), [&](std::string_view piece) { show(masked.feed(piece)); });
  show(masked.finish());
  log.raw("\r\n", LogLevel::info);
  return {.status = status, .output = end.text()};
}

/// One entry of an object: quiet until it ends, then all of it at once.
Ending run_entry(const Core& core, const HookTitle& title, const NamedCommand& command,
                 const CommandRunner& run, std::mutex& printing) {
  std::string output;
  const int status = run(words_of(command.line), [&](std::string_view piece) { output += piece; });
  output = core.masked(std::move(output));
  OutputEnd end;
  end.add(output);
  const std::lock_guard lock(printing);
  hook_log(core).raw("\x1b[1mRunning " + command.name + " of " + title.hook + " from " +
                         title.origin + "...\x1b[0m\r\n" + output + "\r\n",
                     LogLevel::info);
  return {.status = status, .output = end.text()};
}

/// The reference tells them one by one; a person sees all that run at once.
void report_entries(const Core& core, const LifecycleCommand& command,
                    const ProgressReport& report) {
  std::string all;
  for (const auto& entry : command.commands) {
    if (core.mode() == Mode::drop_in) report.begin(shown(entry.line));
    all += (all.empty() ? "" : "; ") + shown(entry.line);
  }
  if (core.mode() != Mode::drop_in) report.begin(all);
}

struct Outcome {
  Ending ending;
  std::exception_ptr error;
};

std::vector<Outcome> run_entries(const Core& core, const HookTitle& title,
                                 const LifecycleCommand& command, const CommandRunner& run) {
  std::vector<Outcome> outcomes(command.commands.size());
  std::mutex printing;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < command.commands.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        outcomes[i].ending = run_entry(core, title, command.commands[i], run, printing);
      } catch (...) {
        outcomes[i].error = std::current_exception();
      }
    });
  }
  threads.clear();
  return outcomes;
}

bool failed(int status) { return status != 0 && status != interrupted; }

/// The whole command ended, and was not interrupted.
bool note_interruption(const Core& core, const HookTitle& title, int status) {
  if (status != interrupted) return true;
  core.log().text(LogLevel::info, title.hook + " from " + title.origin + " was interrupted.");
  return false;
}

}  // namespace

bool run_lifecycle_command(const Core& core, const HookTitle& title,
                           const LifecycleCommand& command, const CommandRunner& run) {
  if (command.empty()) return true;
  ProgressReport report(core, title);
  if (!command.object_form) {
    const auto& only = command.commands.front();
    const auto ending = run_single(core, title, only, run, report);
    report.end(!failed(ending.status));
    if (failed(ending.status)) throw failure(core, title, {}, only.line, ending);
    return note_interruption(core, title, ending.status);
  }
  report_entries(core, command, report);
  const auto outcomes = run_entries(core, title, command, run);
  bool whole = true;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& [ending, error] = outcomes[i];
    if (error || failed(ending.status)) report.end(false);
    if (error) std::rethrow_exception(error);
    const auto& entry = command.commands[i];
    if (failed(ending.status)) throw failure(core, title, entry.name, entry.line, ending);
    whole = note_interruption(core, title, ending.status) && whole;
  }
  report.end(true);
  return whole;
}

}  // namespace fairlead
