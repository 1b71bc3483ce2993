#include "commands/background.hpp"

#include "commands/options.hpp"
#include "json_text.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
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

/// Out of the way of the numbers that the child has.
UniqueFd moved(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10)); }

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

UniqueFd log_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (!file) throw failure(path, errno);
  return file;
}

/// What the child decides otherwise, or must not do again.
bool is_left_out(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {
      "container-id",     "secrets-file",  "json",     "quiet",
      "verbose",          "log-format",    "prebuild", "skip-non-blocking-commands",
      "terminal-columns", "terminal-rows", "rest-fd",  "no-color"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> command_line(const Arguments& arguments, const Session& session,
                                      const UpResult& result) {
  std::vector<std::string> words{session.executable, "run-user-commands",
                                 "--container-id=" + result.container_id,
                                 "--rest-fd=" + std::to_string(lock_number),
                                 "--secrets-file=/dev/fd/" + std::to_string(secrets_number)};
  for (const auto* flag : flags_of(CommandId::run_user_commands, Mode::fairlead)) {
    if (is_left_out(flag->name) || !arguments.given(flag->name)) continue;
    for (const auto& value : arguments.all(flag->name)) {
      words.push_back("--" + std::string(flag->name) + '=' + value);
    }
  }
  return words;
}

/// posix_spawn's two structures, with their ends.
struct Spawn {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  Spawn() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
};

}  // namespace

void continue_in_background(const Arguments& arguments, const Session& session,
                            const Environment& secrets, UpResult& result) {
  auto words = command_line(arguments, session, result);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto lock = moved(result.rest);
  const auto document = moved(secrets_document(secrets));
  const auto log = moved(log_file(result.rest_log));
  const auto caller = core_options(arguments);
  std::vector<std::string> variables;
  for (const auto& [name, value] : caller.environment) variables.push_back(name + '=' + value);
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  Spawn spawn;
  auto* actions = &spawn.actions;
  ::posix_spawn_file_actions_addchdir_np(actions, caller.working_directory.c_str());
  ::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(actions, log.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(actions, lock.get(), lock_number);
  ::posix_spawn_file_actions_adddup2(actions, document.get(), secrets_number);
  pid_t process = 0;
  const int error = ::posix_spawn(&process, session.executable.c_str(), actions, &spawn.attributes,
                                  argv.data(), environment.data());
  if (error != 0) throw failure(session.executable, error);
  result.rest.reset();
}

UniqueFd inherited_rest(const Arguments& arguments) {
  const auto number = arguments.number("rest-fd");
  if (!number || *number != lock_number || ::fcntl(*number, F_GETFD) < 0) return {};
  return UniqueFd(*number);
}

}  // namespace fairlead::cli
