#include "commands/background.hpp"

#include "commands/options.hpp"
#include "json_text.hpp"
#include "server/detached.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace fairlead::cli {
namespace {

constexpr int lock_number = 3;
constexpr int secrets_number = 4;

Error failure(const std::string& what, int error) {
  return {Status::failed, "hooks.background",
          "The remaining lifecycle commands cannot be run in the background: " + what + ": " +
              std::strerror(error),
          "The next `fairlead up` runs them; `fairlead up --wait` waits for them."};
}

UniqueFd secrets_document(const Environment& secrets) {
  std::string json;
  for (const auto& [name, value] : secrets) {
    json += (json.empty() ? "" : ",") + json_string(name) + ':' + json_string(value);
  }
  json = '{' + json + '}';
  UniqueFd file(::memfd_create("fairlead", MFD_CLOEXEC));
  if (!file || ::write(file.get(), json.data(), json.size()) != static_cast<ssize_t>(json.size())) {
    throw failure("no memory", errno);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// An empty one, whatever an earlier run has left.
void make_log_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) throw failure(path, errno);
}

/// What the child decides otherwise, or must not do again.
bool is_left_out(std::string_view name) {
  constexpr std::array<std::string_view, 14> names = {"workspace-folder",
                                                      "config",
                                                      "container-id",
                                                      "secrets-file",
                                                      "json",
                                                      "quiet",
                                                      "verbose",
                                                      "log-format",
                                                      "prebuild",
                                                      "skip-non-blocking-commands",
                                                      "terminal-columns",
                                                      "terminal-rows",
                                                      "rest-fd",
                                                      "no-color"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> command_line(const Arguments& arguments, const Session& session,
                                      const Selection& selection, const UpResult& result) {
  std::vector<std::string> words{session.executable, "run-user-commands",
                                 "--container-id=" + result.container_id,
                                 "--rest-fd=" + std::to_string(lock_number),
                                 "--secrets-file=/dev/fd/" + std::to_string(secrets_number)};
  // Not as it was typed: an address may have had a password in it.
  if (!selection.workspace_folder.empty())
    words.push_back("--workspace-folder=" + selection.workspace_folder);
  if (!selection.config.empty()) words.push_back("--config=" + selection.config);
  for (const auto* flag : flags_of(CommandId::run_user_commands, Mode::fairlead)) {
    if (is_left_out(flag->name) || !arguments.given(flag->name)) continue;
    for (const auto& value : arguments.all(flag->name)) {
      words.push_back("--" + std::string(flag->name) + '=' + value);
    }
  }
  return words;
}

}  // namespace

void continue_in_background(const Arguments& arguments, const Session& session,
                            const Selection& selection, const Environment& secrets,
                            UpResult& result) {
  make_log_file(result.rest_log);
  const auto document = secrets_document(secrets);
  const auto caller = core_options(arguments);
  const auto process = server::spawn_detached(
      {.argv = command_line(arguments, session, selection, result),
       .environment = caller.environment,
       .working_directory = caller.working_directory,
       .error_file = result.rest_log,
       .descriptors = {{&result.rest, lock_number}, {&document, secrets_number}}});
  if (process == 0) throw failure(session.executable, errno);
  result.rest.reset();
}

UniqueFd inherited_rest(const Arguments& arguments) {
  const auto number = arguments.number("rest-fd");
  if (!number || *number != lock_number || ::fcntl(*number, F_GETFD) < 0) return {};
  return UniqueFd(*number);
}

}  // namespace fairlead::cli
