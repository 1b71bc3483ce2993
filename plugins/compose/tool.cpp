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

/// "podman-composer version  1.0.3" or "podman-compose version 1.3.0", with Podman's own below.
std::string version_of_podman_compose(std::string_view text) {
  constexpr std::string_view before = " version ";
  const auto name = text.find("podman-compose");
  const auto at = name == std::string_view::npos ? name : text.find(before, name);
  return at == std::string_view::npos ? "" : first_word(text.substr(at + before.size()));
}

/// What the command says; absent: it is not there or knows nothing of Compose.
std::optional<std::string> answer(const Runner& runner, std::vector<std::string> argv,
                                  std::initializer_list<const char*> words, const sdk::Call& call) {
  argv.insert(argv.end(), words.begin(), words.end());
  try {
    const auto output = runner.capture(argv, call);
    if (output.exit_code != 0) return {};
    return output.out;
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    return {};
  }
}

std::optional<Tool> ask(const Runner& runner, std::vector<std::string> argv,
                        const sdk::Call& call) {
  const auto said = answer(runner, argv, {"version", "--short"}, call);
  if (!said) return {};
  return Tool{std::move(argv), first_word(*said)};
}

/// podman-compose itself, or behind `podman compose`.
std::optional<Tool> ask_podmans(const Runner& runner, std::vector<std::string> argv,
                                const sdk::Call& call) {
  const auto said = answer(runner, argv, {"version"}, call);
  auto version = said ? version_of_podman_compose(*said) : "";
  if (version.empty()) return {};
  return Tool{std::move(argv), std::move(version), true};
}

/// Whatever `podman compose` calls; Podman before 4.7 has none.
std::optional<Tool> ask_podman(const Runner& runner, const std::string& podman,
                               const sdk::Call& call) {
  if (auto tool = ask_podmans(runner, {podman, "compose"}, call)) return tool;
  auto tool = ask(runner, {podman, "compose"}, call);
  if (!tool || tool->major() == 0) return {};
  return tool;
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::optional<Tool> named_tool(const Runner& runner, const std::string& path,
                               const sdk::Call& call) {
  if (names_podman_compose(path)) return ask_podmans(runner, {path}, call);
  if (name_of(path) == "podman") return ask_podman(runner, path, call);
  return {};
}

std::optional<Tool> usual_tool(const Runner& runner, const Settings& settings,
                               const sdk::Call& call) {
  if (auto tool = ask(runner, {settings.engine.docker_path, "compose"}, call)) return tool;
  if (auto tool = ask(runner, {settings.compose_path}, call)) return tool;
  if (settings.on == "docker") return {};
  if (auto tool = ask_podman(runner, settings.podman.podman_path, call)) return tool;
  return ask_podmans(runner, {"podman-compose"}, call);
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
  return stream(argv, call, call);
}

engine::CommandResult Runner::stream(const std::vector<std::string>& argv, const sdk::Call& call,
                                     const sdk::Call& life) const {
  SpawnRequest command{.argv = argv, .env = environment, .working_directory = folder};
  return engine::run_command(host, std::move(command), life, [&](std::string_view bytes) {
    call.emit({.output = std::string(bytes)});
  });
}

bool names_podman_compose(const std::string& path) {
  return name_of(path).starts_with("podman-compose");
}

Tool find_tool(const Runner& runner, const Settings& settings, const sdk::Call& call) {
  const auto& path = settings.compose_path;
  const bool named = names_podman_compose(path) || name_of(path) == "podman";
  if (auto tool = named ? named_tool(runner, path, call) : usual_tool(runner, settings, call))
    return *tool;
  throw Error(Status::unavailable, "compose.missing",
              named ? "'" + path + "' does not work as Compose."
                    : "There is no Compose: neither '" + settings.engine.docker_path +
                          " compose' nor '" + path + "' works.",
              "Install docker's compose plugin or docker-compose, or name it with "
              "--docker-compose-path. Either works with Podman, too.");
}

std::string command_text(const std::vector<std::string>& argv) {
  std::string text;
  for (const auto& word : argv) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string as_was_run(const std::vector<std::string>& argv) {
  return "Compose was run as: " + command_text(argv);
}

}  // namespace fairlead::compose
