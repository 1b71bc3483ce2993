#include "engine/sync_programs_run.hpp"

#include "base/text.hpp"
#include "engine/captured.hpp"
#include "engine/ready_unison.hpp"
#include "engine/sync_state.hpp"
#include "engine/sync_upload.hpp"
#include "plugins/probe.hpp"

#include <fairlead/error.hpp>

#include <utility>

namespace fairlead {
namespace {

constexpr const char* shell_name = "fairlead-host-shell";
constexpr std::string_view shell_fault = "fairlead-host-shell: ";
constexpr int vanished_files = 24;  // of rsync: they are gone by the next run

std::string shell_program() {
  auto program = find_own_program(shell_name, {});
  if (program.empty()) {
    throw Error(Status::failed, "sync.failed",
                "The program fairlead-host-shell is missing, by which folders are synchronised.",
                "Install fairlead completely: it belongs into <prefix>/libexec/fairlead.");
  }
  return program;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : "\n") + word;
  return text;
}

/// For the child and the shell that it starts: which host, as this caller means it.
Environment child_environment(const SyncRun& run) {
  auto environment = run.core.options().environment;
  environment["FLSHELL_HOST"] = run.folder.host;
  environment["FLSHELL_SET"] = joined(run.core.options().assignments);
  environment["FLSHELL_PLUGINS"] = joined(run.core.options().plugin_path);
  environment["LC_ALL"] = "C.UTF-8";  // we read what they say
  environment["UNISON"] = run.record.unison_folder().string();
  environment["UNISONLOCALHOSTNAME"] = "fairlead-" + machine_key();
  return environment;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + '\'';
}

/// What the shell said of the host; it knows better than the program that it served.
[[noreturn]] void fail(const SyncRun& run, const std::string& program, const Captured& said) {
  const auto words = said.err + said.out;
  if (const auto begin = words.find(shell_fault); begin != std::string::npos) {
    const auto line = words.substr(begin + shell_fault.size(),
                                   words.find('\n', begin) - begin - shell_fault.size());
    const auto colon = std::min(line.find(": "), line.size());
    throw Error(Status::unavailable, line.substr(0, colon),
                line.substr(std::min(colon + 2, line.size())),
                "The next run goes on where this one stopped.");
  }
  if (says_disk_full(words)) {
    throw Error(
        Status::failed, "sync.disk_full",
        "There is no room for all of " + run.folder.here + " on " + run.folder.host + ", or here.",
        "What could not be copied is as it was before. Make room; the next run goes on.");
  }
  throw Error(Status::failed, "sync.failed",
              "Synchronising " + run.folder.here + " by " + program + " failed (exit status " +
                  std::to_string(said.exit_code) + "): " + std::string(trim(words)),
              "`fairlead sync now` tries again.");
}

}  // namespace

Captured start_sync_program(const SyncRun& run, std::vector<std::string> argv,
                            const std::stop_token& stop, const SyncInput& with) {
  auto environment = child_environment(run);
  environment.insert(with.more.begin(), with.more.end());
  return run_captured_on(*local_host(),
                         {.argv = std::move(argv),
                          .env = std::move(environment),
                          .clean_env = true,
                          .working_directory = "/"},
                         stop, with.input);
}

std::vector<std::string> unison_words(const SyncRun& run, const IgnoreRules& rules) {
  const auto& folder = run.folder;
  const auto there = "ssh://host/" + folder.there;
  std::vector<std::string> words = {"unison",
                                    folder.here,
                                    there,
                                    "-ui",
                                    "text",
                                    "-batch",
                                    "-dumbtty",
                                    "-log=false",
                                    "-ignorelocks",
                                    "-sshcmd",
                                    shell_program(),
                                    "-servercmd",
                                    "env UNISON=" + quoted(folder.state_there() + "/unison") +
                                        " UNISONLOCALHOSTNAME=fairlead-" + folder.key + " unison"};
  const auto more = rules.unison_words();
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"-ignore", "Name .unison.*"});
  if (run.direction != SyncDirection::both) {
    const bool push = run.direction == SyncDirection::push;
    words.insert(words.end(), {"-prefer", push ? folder.here : there, "-copyonconflict"});
  }
  return words;
}

std::vector<std::string> conflicts_in(const std::string& said) {
  constexpr std::string_view mark = "  skipped: ";
  std::vector<std::string> found;
  for (const auto line : split(said, '\n')) {
    if (!line.starts_with(mark)) continue;
    const auto path = line.substr(mark.size());
    const auto reason = path.rfind(" (");
    if (line.ends_with(" has unknown file type)")) continue;  // a socket or a pipe: left out
    found.emplace_back(path.substr(0, reason));
  }
  return found;
}

std::vector<std::string> run_unison(const SyncRun& run, const IgnoreRules& rules,
                                    const std::stop_token& stop, ReadyUnison* ready) {
  if (ready != nullptr) {
    // One that fails may have lost its connection while it waited: another one tells.
    const auto said = ready->go_on(rules, stop);
    if (said && said->exit_code >= 0 && said->exit_code <= 1)
      return conflicts_in(said->out + said->err);
  }
  make_unison_folder(run.record);
  auto words = unison_words(run, rules);
  auto said = start_sync_program(run, words, stop);
  const auto all = said.out + said.err;
  const bool archives = all.find("archive") != std::string::npos &&
                        (all.find("nconsistent state") != std::string::npos ||
                         all.find("missing on some hosts") != std::string::npos ||
                         all.find("archives are not identical") != std::string::npos);
  if (said.exit_code == 3 && archives) {
    // Without them both sides are compared as they are: what differs is a conflict, nothing is
    // lost.
    run.core.log().text(LogLevel::warning,
                        "What Unison remembered of " + run.folder.here +
                            " is gone on one side: both sides are compared anew.");
    words.emplace_back("-ignorearchives");
    said = start_sync_program(run, words, stop);
  }
  // 1: some were skipped, which are the conflicts.
  if (said.exit_code > 1 || said.exit_code < 0) fail(run, "Unison", said);
  return conflicts_in(said.out + said.err);
}

void run_rsync(const SyncRun& run, const IgnoreRules& rules, std::string_view only,
               const std::stop_token& stop) {
  const bool pull = run.direction == SyncDirection::pull;
  const auto here = run.folder.here + '/';
  const auto there = "host:" + run.folder.there + '/';
  std::vector<std::string> words = {
      "rsync",
      only.empty() ? "-rlpts" : "-lpts",
      "--omit-dir-times",
      "--backup",
      "--backup-dir=" + (pull ? run.record.overwritten().string() : overwritten_folder(run.folder)),
      "-e",
      quoted(shell_program())};
  if (pull) words.emplace_back("--update");
  if (!only.empty())
    words.insert(words.end(), {"--from0", "--files-from=-", "--ignore-missing-args"});
  const auto more = rules.rsync_words();
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {pull ? there : here, pull ? here : there});
  const auto said = start_sync_program(run, words, stop, {.input = only, .more = {}});
  if (said.exit_code != 0 && said.exit_code != vanished_files) fail(run, "rsync", said);
}

}  // namespace fairlead
