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

  static constexpr std::size_t limit = 2000;

 private:
  static constexpr int most_lines = 10;
  std::string text_;
};

/// "postCreateCommand from devcontainer.json", with an object's entry "a of …".
std::string full_name(const HookTitle& title, const std::string& entry) {
  return (entry.empty() ? "" : entry + " of ") + title.hook + " from " + title.origin;
}

bool is_on_host(const HookTitle& title) { return title.hook == "initializeCommand"; }

std::string bold(const std::string& text) { return "\x1b[1m" + text + "\x1b[0m\r\n"; }

/// How one command line ended, and what it said last.
struct Ending {
  int status = 0;
  std::string output;
};

/// `entry`: the command's name in an object, empty for the other forms.
HookFailure failure(const Core& core, const HookTitle& title, const std::string& entry,
                    const CommandLine& line, const Ending& ending) {
  auto message = "Command failed: " + joined(words_of(line));
  if (core.mode() == Mode::fairlead)
    message += " (exit code " + std::to_string(ending.status) + ")";
  const auto which = full_name(title, entry);
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
  return {OperationError(std::move(error), description), ending.status};
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

bool failed(int status) { return status != 0 && status != interrupted; }

/// What the log says of a command that did not end well, in the reference's words.
void report_ending(const Core& core, const HookTitle& title, const std::string& entry, int status) {
  const auto name = full_name(title, entry);
  if (status == interrupted) {
    const auto subject = core.mode() == Mode::drop_in && is_on_host(title) ? title.hook : name;
    hook_log(core).raw("\r\n" + bold(subject + " interrupted.") + "\r\n", LogLevel::info);
  } else if (failed(status) && core.mode() == Mode::drop_in && !is_on_host(title)) {
    hook_log(core).text(LogLevel::info,
                        "\x1b[1m\x1b[31m" + name + " failed with exit code " +
                            std::to_string(status) +
                            ". Skipping any further user-provided commands.\x1b[39m\x1b[22m\r\n");
  }
}

void announce(const Core& core, const HookTitle& title) {
  // The step says it: only where the command comes from, if not from the file at hand, is news.
  const bool known = core.mode() == Mode::fairlead && title.origin == "devcontainer.json";
  hook_log(core).raw(bold("Running the " + title.hook + " from " + title.origin + "...") + "\r\n",
                     known ? LogLevel::debug : LogLevel::info);
}

/// What went wrong on the way there says whose way it was.
int run_named(const CommandRunner& run, const std::vector<std::string>& words,
              const OutputSink& output, const std::string& name) {
  try {
    return run(words, output);
  } catch (Error& error) {
    error.note("running the " + name);
    throw;
  }
}

Ending run_single(const Core& core, const HookTitle& title, const NamedCommand& command,
                  const CommandRunner& run, ProgressReport& report) {
  const auto log = hook_log(core);
  announce(core, title);
  report.begin(shown(command.line));
  MaskedStream masked(core.secret_mask());
  OutputEnd end;
  const auto show = [&](const std::string& text) {
    if (text.empty()) return;
    log.raw(text, LogLevel::info);
    report.listen(text);
    end.add(text);
  };
  const int status = run_named(
      run, words_of(command.line), [&](std::string_view piece) { show(masked.feed(piece)); },
      full_name(title, {}));
  show(masked.finish());
  if (core.mode() == Mode::fairlead || is_on_host(title)) log.raw("\r\n", LogLevel::info);
  report_ending(core, title, {}, status);
  return {.status = status, .output = end.text()};
}

/// What stands around an entry's output.
struct Frame {
  std::string before;
  std::string after;
};

/// Its name; of one that failed the reference shows the output alone.
Frame frame_of(const Core& core, const HookTitle& title, const NamedCommand& command,
               const Ending& ending) {
  const bool drop_in = core.mode() == Mode::drop_in;
  if (drop_in && ending.status != 0) {
    if (ending.output.empty()) return {};
    return {.before = "\r\n\x1b[1m", .after = "\x1b[0m\r\n\r\n"};
  }
  if (drop_in && is_on_host(title)) return {.before = {}, .after = "\r\n"};
  return {.before = bold("Running " + full_name(title, command.name) + "..."), .after = "\r\n"};
}

/// In one event as long as it is short: of a hundred megabytes no second copy is made.
void show_framed(const Log& log, const Frame& frame, std::string_view output) {
  constexpr std::size_t longest_event = 65536;
  if (output.size() <= longest_event) {
    log.raw(frame.before + std::string(output) + frame.after, LogLevel::info);
    return;
  }
  log.raw(frame.before, LogLevel::info);
  for (; !output.empty(); output.remove_prefix(std::min(output.size(), longest_event))) {
    log.raw(output.substr(0, longest_event), LogLevel::info);
  }
  log.raw(frame.after, LogLevel::info);
}

/// One entry of an object: quiet until it ends, then all of it at once.
Ending run_entry(const Core& core, const HookTitle& title, const NamedCommand& command,
                 const CommandRunner& run, ProgressReport& report, std::mutex& printing) {
  MaskedStream masked(core.secret_mask());
  std::string output;
  const int status = run_named(
      run, words_of(command.line), [&](std::string_view piece) { output += masked.feed(piece); },
      full_name(title, command.name));
  output += masked.finish();
  OutputEnd end;
  end.add(
      std::string_view(output).substr(output.size() - std::min(output.size(), OutputEnd::limit)));
  const Ending ending{.status = status, .output = end.text()};
  const std::lock_guard lock(printing);
  show_framed(hook_log(core), frame_of(core, title, command, ending), output);
  report.listen(output);
  report_ending(core, title, command.name, status);
  return ending;
}

/// The reference tells them one by one; a person sees all that run at once.
void report_entries(const Core& core, const HookTitle& title, const LifecycleCommand& command,
                    const ProgressReport& report) {
  const bool host_of_drop_in = core.mode() == Mode::drop_in && is_on_host(title);
  if (!host_of_drop_in) announce(core, title);
  std::string all;
  for (const auto& entry : command.commands) {
    if (host_of_drop_in) {
      hook_log(core).raw(bold("Running '" + entry.name + "' from " + title.hook + "...") + "\r\n",
                         LogLevel::info);
    }
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
                                 const LifecycleCommand& command, const CommandRunner& run,
                                 ProgressReport& report) {
  std::vector<Outcome> outcomes(command.commands.size());
  std::mutex printing;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < command.commands.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        outcomes[i].ending = run_entry(core, title, command.commands[i], run, report, printing);
      } catch (...) {
        outcomes[i].error = std::current_exception();
      }
    });
  }
  threads.clear();
  return outcomes;
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
    return ending.status != interrupted;
  }
  report_entries(core, title, command, report);
  const auto outcomes = run_entries(core, title, command, run, report);
  bool whole = true;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& [ending, error] = outcomes[i];
    if (error || failed(ending.status)) report.end(false);
    if (error) std::rethrow_exception(error);
    const auto& entry = command.commands[i];
    if (failed(ending.status)) throw failure(core, title, entry.name, entry.line, ending);
    whole = whole && ending.status != interrupted;
  }
  report.end(true);
  return whole;
}

}  // namespace fairlead
