#include "engine/commands.hpp"

#include <fairlead/engine.hpp>

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

/// `entry`: the command's name in an object, empty for the other forms.
OperationError failure(const Core& core, const HookTitle& title, const std::string& entry,
                       const CommandLine& line, int status) {
  auto message = "Command failed: " + joined(words_of(line));
  if (core.mode() == Mode::fairlead) message += " (exit code " + std::to_string(status) + ")";
  const auto which = (entry.empty() ? "" : entry + " of ") + title.hook + " from " + title.origin;
  const auto description = which + " failed.";
  Error error(Status::failed, "hook.failed", std::move(message),
              core.mode() == Mode::fairlead ? "The container is left as it is; mend the command "
                                              "and run `fairlead up` again."
                                            : "");
  error.note("running the " + which);
  return {std::move(error), description};
}

/// The state of one hook for those who watch.
class ProgressReport {
 public:
  ProgressReport(const Core& core, const HookTitle& title, const std::string& detail)
      : core_(core), name_("Running " + title.hook + "...") {
    core_.log().progress(name_, LogEvent::State::running, detail);
  }
  void end(bool well) {
    core_.log().progress(name_, well ? LogEvent::State::succeeded : LogEvent::State::failed);
  }

 private:
  const Core& core_;
  std::string name_;
};

int run_single(const Core& core, const HookTitle& title, const NamedCommand& command,
               const CommandRunner& run) {
  core.log().raw(
      "\x1b[1mRunning the " + title.hook + " from " + title.origin + "...\x1b[0m\r\n\r\n",
      LogLevel::info);
  return run(words_of(command.line),
             [&](std::string_view piece) { core.log().raw(piece, LogLevel::info); });
}

/// One entry of an object: quiet until it ends, then all of it at once.
int run_entry(const Core& core, const HookTitle& title, const NamedCommand& command,
              const CommandRunner& run, std::mutex& printing) {
  std::string output;
  const int status = run(words_of(command.line), [&](std::string_view piece) { output += piece; });
  const std::lock_guard lock(printing);
  core.log().raw("\x1b[1mRunning " + command.name + " of " + title.hook + " from " + title.origin +
                     "...\x1b[0m\r\n\r\n" + output,
                 LogLevel::info);
  return status;
}

struct Outcome {
  int status = 0;
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
        outcomes[i].status = run_entry(core, title, command.commands[i], run, printing);
      } catch (...) {
        outcomes[i].error = std::current_exception();
      }
    });
  }
  threads.clear();
  return outcomes;
}

bool failed(int status) { return status != 0 && status != interrupted; }

void note_interruption(const Core& core, const HookTitle& title, int status) {
  if (status != interrupted) return;
  core.log().text(LogLevel::info, title.hook + " from " + title.origin + " was interrupted.");
}

}  // namespace

void run_lifecycle_command(const Core& core, const HookTitle& title,
                           const LifecycleCommand& command, const CommandRunner& run) {
  if (command.empty()) return;
  std::string detail;
  for (const auto& entry : command.commands) {
    detail += (detail.empty() ? "" : "; ") + shown(entry.line);
  }
  ProgressReport report(core, title, detail);
  if (!command.object_form) {
    const auto& only = command.commands.front();
    const int status = run_single(core, title, only, run);
    report.end(!failed(status));
    note_interruption(core, title, status);
    if (failed(status)) throw failure(core, title, {}, only.line, status);
    return;
  }
  const auto outcomes = run_entries(core, title, command, run);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].error && !failed(outcomes[i].status)) continue;
    report.end(false);
    if (outcomes[i].error) std::rethrow_exception(outcomes[i].error);
    const auto& entry = command.commands[i];
    throw failure(core, title, entry.name, entry.line, outcomes[i].status);
  }
  report.end(true);
}

}  // namespace fairlead
