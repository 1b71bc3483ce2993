#include "tool.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>
#include <optional>

namespace fairlead::compose {
namespace {

UniqueFd memory(const char* name) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) throw Error(Status::failed, "host.pipe", "There is no memory for a command's output.");
  return fd;
}

UniqueFd copy_of(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

std::string content(const UniqueFd& fd) {
  std::string text;
  char buffer[16 * 1024];
  off_t at = 0;
  for (ssize_t got = 0; (got = ::pread(fd.get(), buffer, sizeof buffer, at)) > 0; at += got) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

/// "2.26.1-4", "v2.40.3", with a line's end.
std::string first_word(std::string_view text) {
  const auto start = text.find_first_not_of(" \r\n\tv");
  if (start == std::string_view::npos) return {};
  const auto end = text.find_first_of(" \r\n\t", start);
  return std::string(text.substr(start, end == std::string_view::npos ? end : end - start));
}

int number_at(std::string_view text, int part) {
  for (; part > 0; --part) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return 0;
    text.remove_prefix(dot + 1);
  }
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Absent: the command is not there or knows nothing of Compose.
std::optional<Tool> ask(const Runner& runner, std::vector<std::string> argv,
                        const sdk::Call& call) {
  auto words = argv;
  words.insert(words.end(), {"version", "--short"});
  try {
    const auto output = runner.capture(words, call);
    if (output.exit_code != 0) return {};
    return Tool{std::move(argv), first_word(output.out)};
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    return {};
  }
}

}  // namespace

int Tool::major() const { return number_at(version, 0); }

bool Tool::at_least(int wanted_major, int wanted_minor) const {
  return major() > wanted_major ||
         (major() == wanted_major && number_at(version, 1) >= wanted_minor);
}

Output Runner::capture(const std::vector<std::string>& argv, const sdk::Call& call) const {
  const auto out = memory("out");
  const auto err = memory("err");
  SpawnRequest command{.argv = argv, .env = environment, .working_directory = folder};
  const int code = host.spawn(std::move(command), {}, copy_of(out), copy_of(err), call);
  return {code, content(out), content(err)};
}

engine::CommandResult Runner::stream(const std::vector<std::string>& argv,
                                     const sdk::Call& call) const {
  SpawnRequest command{.argv = argv, .env = environment, .working_directory = folder};
  return engine::run_command(host, std::move(command), call, [&](std::string_view bytes) {
    call.emit({.output = std::string(bytes)});
  });
}

Tool find_tool(const Runner& runner, const Settings& settings, const sdk::Call& call) {
  if (auto tool = ask(runner, {settings.engine.docker_path, "compose"}, call)) return *tool;
  if (auto tool = ask(runner, {settings.compose_path}, call)) return *tool;
  if (settings.on != "docker") {
    if (auto tool = ask(runner, {settings.podman.podman_path, "compose"}, call);
        tool && tool->major() > 0)
      return *tool;
  }
  throw Error(Status::unavailable, "compose.missing",
              "There is no Compose: neither '" + settings.engine.docker_path + " compose' nor '" +
                  settings.compose_path + "' works.",
              "Install docker's compose plugin or docker-compose, or name it with "
              "--docker-compose-path. Either works with Podman, too; podman-compose does not: it "
              "cannot say what the files mean.");
}

std::string command_text(const std::vector<std::string>& argv) {
  std::string text;
  for (const auto& word : argv) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace fairlead::compose
