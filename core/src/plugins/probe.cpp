#include "plugins/probe.hpp"

#include "base/atomic_file.hpp"
#include "base/paths.hpp"
#include "base/sha256.hpp"
#include "plugins/library.hpp"
#include "plugins/local_process.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace fairlead {

namespace {

namespace fs = std::filesystem;

constexpr auto probe_limit = std::chrono::seconds(10);
constexpr std::size_t longest_verdict = 4096;

// Written by a version that judges otherwise, a verdict must not count.
constexpr auto* key_version = "probe 2";

std::optional<std::string> key_of(const std::string& library) {
  struct stat info {};
  if (::stat(library.c_str(), &info) != 0) return std::nullopt;
  return std::string(key_version) + ' ' + std::to_string(info.st_dev) + ' ' +
         std::to_string(info.st_ino) + ' ' + std::to_string(info.st_size) + ' ' +
         std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec);
}

fs::path record_of(const std::string& library, const std::string& state_folder) {
  return fs::path(state_folder) / (sha256_hex(library).substr(0, 16) + ".probe");
}

std::optional<std::string> known_verdict(const fs::path& record, const std::string& key) {
  try {
    const auto content = read_file_if_there(record);
    if (!content || !content->starts_with(key + '\n')) return std::nullopt;
    return content->substr(key.size() + 1);
  } catch (const Error&) {  // what is kept saves time and nothing else
    return std::nullopt;
  }
}

void keep_verdict(const fs::path& record, const std::string& key, const std::string& verdict) {
  try {
    write_file(record, key + '\n' + verdict, 0600);
  } catch (const Error&) {
    return;  // as above
  }
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, longest_verdict> buffer{};
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

constexpr std::string_view crashed = "quarantined: it crashed";

/// Only what the file alone decides: a library that it needs may be installed later, and a machine
/// may have been too busy to load it in time.
bool is_lasting(std::string_view verdict) {
  return verdict.empty() || verdict.starts_with(crashed);
}

std::string crash_text(int signal) {
  return std::string(crashed) + " while loading (signal " + std::to_string(signal) + ", " +
         ::strsignal(signal) + ")";
}

/// Somebody ended it from outside: that says nothing about the plugin.
bool is_interruption(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT ||
         signal == SIGKILL;
}

// The verdict fits into the pipe, so the child never waits for us to read it.
std::string run_probe(const std::string& program, const std::string& library) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "plugin.probe",
                std::string("cannot open a pipe: ") + std::strerror(errno));
  }
  const UniqueFd reader(ends[0]);
  SpawnRequest request;
  request.argv = {program, library};
  const auto process = start_process(request, {{}, UniqueFd(ends[1]), {}});
  const auto result = wait_process(process, -1, probe_limit);
  if (result.end == ProcessEnd::timeout) {
    return "quarantined: it did not load within " + std::to_string(probe_limit.count()) + " s";
  }
  if (is_interruption(result.exit_code - 128)) {
    throw Error(Status::cancelled, "plugin.probe",
                "Trying out the plugin " + library + " was interrupted.");
  }
  if (result.exit_code > 128) return crash_text(result.exit_code - 128);
  auto said = read_all(reader.get());
  constexpr std::string_view good = "ok\n";
  if (result.exit_code == 0 && said == good) return {};
  if (!said.empty() && said.back() == '\n') said.pop_back();
  return said.empty() ? "quarantined: it ended the process that loaded it (exit status " +
                            std::to_string(result.exit_code) + ")"
                      : said;
}

}  // namespace

std::string find_probe_program(const std::string& library) {
  return find_own_program("fairlead-plugin-probe", library);
}

std::string find_own_program(const std::string& name, const std::string& library) {
  const auto beside = [&](const fs::path& prefix) { return prefix / "libexec/fairlead" / name; };
  std::error_code ignored;
  const auto own = beside(install_layout(executable_path()).prefix);
  if (fs::exists(own, ignored)) return own.string();
  // A program elsewhere that embeds the core: <prefix>/lib[/<architecture>]/fairlead/plugins/x.so.
  auto folder = fs::path(library).parent_path();
  for (int level = 0; level < 4 && folder.has_relative_path(); ++level) {
    folder = folder.parent_path();
    if (fs::exists(beside(folder), ignored)) return beside(folder).string();
  }
  return {};
}

std::string probe_library(const std::string& library, const ProbeOptions& options) {
  if (auto problem = file_problem(library); !problem.empty()) return problem;
  const auto key = key_of(library);
  const bool kept = key && !options.state_folder.empty();
  if (kept) {
    if (auto verdict = known_verdict(record_of(library, options.state_folder), *key)) {
      return *verdict;
    }
  }
  const auto program = options.program.empty() ? find_probe_program(library) : options.program;
  if (program.empty()) {
    throw Error(Status::failed, "plugin.probe",
                "The program fairlead-plugin-probe is missing, which tries out new plugins.",
                "Install fairlead completely: it belongs into <prefix>/libexec/fairlead.");
  }
  auto verdict = run_probe(program, library);
  if (kept && is_lasting(verdict)) {
    keep_verdict(record_of(library, options.state_folder), *key, verdict);
  }
  return verdict;
}

}  // namespace fairlead
