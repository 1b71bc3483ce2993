#include "engine/wishes.hpp"

#include "base/text.hpp"
#include "spec/mount.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace fairlead {
namespace {

using Wishes = std::vector<std::string>;

void add(Wishes& wishes, std::string wish) {
  if (std::ranges::find(wishes, wish) == wishes.end()) wishes.push_back(std::move(wish));
}

void add_all(Wishes& wishes, Wishes more) {
  for (auto& wish : more) add(wishes, std::move(wish));
}

/// Neither ".." nor a link may lead out unseen; what does not exist yet is judged by its name.
std::string resolved(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(path, error);
  return error ? std::filesystem::path(path).lexically_normal().string() : real.string();
}

bool is_inside(const std::string& path, const std::string& folder) {
  if (folder.empty()) return false;
  const auto normal = resolved(path);
  const auto root = resolved(folder);
  return normal == root || normal.starts_with(root.ends_with('/') ? root : root + '/');
}

void add_path(Wishes& wishes, const std::string& source, const WorkspacePaths& paths) {
  if (source.ends_with(".sock")) {
    add(wishes, "mount the socket " + source + " (whoever is behind it obeys the container)");
  } else if (!is_inside(source, paths.mount_root) && !is_inside(source, paths.local_folder)) {
    add(wishes, "mount " + source + ", which is outside the workspace");
  }
}

void add_mount(Wishes& wishes, const Mount& mount, const WorkspacePaths& paths) {
  if (mount.type == MountType::bind && !mount.source.empty()) {
    add_path(wishes, mount.source, paths);
  } else if (mount.options.contains("volume-opt")) {
    // A volume's driver options can name any path of the engine's machine.
    add(wishes, "mount the volume " + mount.source + " with driver options of its own");
  }
}

/// Capabilities with which a container is as good as privileged.
constexpr std::array<std::string_view, 8> powerful = {"ALL",       "SYS_ADMIN", "SYS_MODULE",
                                                      "SYS_RAWIO", "SYS_BOOT",  "DAC_READ_SEARCH",
                                                      "BPF",       "SYS_TIME"};

void add_capability(Wishes& wishes, const std::string& name) {
  std::string upper = name;
  for (auto& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (upper.starts_with("CAP_")) upper.erase(0, 4);
  if (std::ranges::find(powerful, upper) != powerful.end()) {
    add(wishes, "have the capability " + upper);
  }
}

std::string shown(const CommandLine& line) {
  if (const auto* text = std::get_if<std::string>(&line)) return *text;
  std::string text;
  for (const auto& word : std::get<std::vector<std::string>>(line)) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

constexpr const char* privileged_wish =
    "be privileged: the container may do whatever the engine's machine can";

/// Harmless arguments without a value, and with one.
constexpr std::array<std::string_view, 16> plain_switches = {"--init",
                                                             "--rm",
                                                             "--interactive",
                                                             "--tty",
                                                             "--detach",
                                                             "--read-only",
                                                             "-i",
                                                             "-t",
                                                             "-d",
                                                             "-it",
                                                             "-ti",
                                                             "--no-healthcheck",
                                                             "-P",
                                                             "--sig-proxy",
                                                             "--publish-all",
                                                             "--oom-kill-disable"};
constexpr std::array<std::string_view, 58> harmless = {"--name",
                                                       "--hostname",
                                                       "-h",
                                                       "--label",
                                                       "-l",
                                                       "--env",
                                                       "-e",
                                                       "--user",
                                                       "-u",
                                                       "--workdir",
                                                       "-w",
                                                       "--memory",
                                                       "-m",
                                                       "--memory-swap",
                                                       "--memory-reservation",
                                                       "--memory-swappiness",
                                                       "--cpus",
                                                       "--cpu-shares",
                                                       "-c",
                                                       "--cpu-period",
                                                       "--cpu-quota",
                                                       "--cpuset-cpus",
                                                       "--cpuset-mems",
                                                       "--shm-size",
                                                       "--ulimit",
                                                       "--tmpfs",
                                                       "--platform",
                                                       "--restart",
                                                       "--stop-timeout",
                                                       "--stop-signal",
                                                       "--add-host",
                                                       "--dns",
                                                       "--dns-search",
                                                       "--dns-option",
                                                       "--ip",
                                                       "--ip6",
                                                       "--mac-address",
                                                       "--network-alias",
                                                       "--expose",
                                                       "--publish",
                                                       "-p",
                                                       "--gpus",
                                                       "--group-add",
                                                       "--cap-drop",
                                                       "--log-driver",
                                                       "--log-opt",
                                                       "--health-cmd",
                                                       "--health-interval",
                                                       "--health-retries",
                                                       "--health-timeout",
                                                       "--health-start-period",
                                                       "--pids-limit",
                                                       "--oom-score-adj",
                                                       "--pull",
                                                       "--domainname",
                                                       "--entrypoint",
                                                       "--annotation",
                                                       "--blkio-weight"};

/// One argument with its value, whichever way it was written.
struct RunArg {
  std::string name;
  std::string value;
  std::string text;
};

std::vector<RunArg> cut(const std::vector<std::string>& words) {
  std::vector<RunArg> args;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    RunArg arg{.name = word.substr(0, equals), .text = word};
    if (equals != std::string::npos) {
      arg.value = word.substr(equals + 1);
    } else if (i + 1 < words.size() && !words[i + 1].starts_with('-') &&
               std::ranges::find(plain_switches, word) == plain_switches.end()) {
      arg.value = words[++i];
      arg.text += ' ' + arg.value;
    } else if (word.size() > 2 && word[0] == '-' && word[1] != '-') {
      arg.name = word.substr(0, 2);  // "-p80:80"
      arg.value = word.substr(2);
    }
    args.push_back(std::move(arg));
  }
  return args;
}

bool is_harmless(const RunArg& arg) {
  if (std::ranges::find(plain_switches, arg.text) != plain_switches.end()) return true;
  if (std::ranges::find(plain_switches, arg.name) != plain_switches.end())
    return arg.value == "true" || arg.value == "false";
  if (arg.name == "--network" || arg.name == "--net") {
    return arg.value != "host" && !arg.value.starts_with("container:");
  }
  if (arg.name == "--security-opt")
    return arg.value == "seccomp=unconfined" || arg.value.starts_with("no-new-privileges");
  return std::ranges::find(harmless, arg.name) != harmless.end();
}

/// "SOURCE:TARGET[:OPTIONS]"; a source without "/" is a volume.
void add_volume(Wishes& wishes, const RunArg& arg, const WorkspacePaths& paths) {
  const auto source = arg.value.substr(0, arg.value.find(':'));
  if (arg.value.find(':') == std::string::npos || source.find('/') == std::string::npos) return;
  if (source.starts_with('/')) {
    add_path(wishes, source, paths);
  } else {
    add(wishes, "use the run argument " + arg.text);
  }
}

void add_mount_argument(Wishes& wishes, const RunArg& arg, const WorkspacePaths& paths) {
  try {
    add_mount(wishes, parse_mount(arg.value), paths);
  } catch (const Error&) {  // the engine will refuse it, but not unseen
    add(wishes, "use the run argument " + arg.text);
  }
}

}  // namespace

std::vector<std::string> run_arg_wishes(const std::vector<std::string>& words,
                                        const WorkspacePaths& paths) {
  Wishes wishes;
  for (const auto& arg : cut(words)) {
    if (arg.name == "--privileged") {
      if (arg.value != "false") add(wishes, privileged_wish);
    } else if (arg.name == "--volume" || arg.name == "-v") {
      add_volume(wishes, arg, paths);
    } else if (arg.name == "--mount") {
      add_mount_argument(wishes, arg, paths);
    } else if (arg.name == "--cap-add") {
      add_capability(wishes, arg.value);
    } else if (!is_harmless(arg)) {
      add(wishes, "use the run argument " + arg.text);
    }
  }
  return wishes;
}

std::vector<std::string> container_wishes(const ContainerConfig& config,
                                          const WorkspacePaths& paths) {
  Wishes wishes;
  if (config.privileged.value_or(false)) add(wishes, privileged_wish);
  for (const auto& name : config.cap_add) add_capability(wishes, name);
  for (const auto& configured : config.mounts) add_mount(wishes, configured.mount, paths);
  return wishes;
}

std::vector<std::string> configuration_wishes(const Workspace& workspace) {
  Wishes wishes;
  const auto& config = workspace.config;
  const auto& paths = workspace.document->workspace;
  for (const auto& [name, line] : config.initialize_command.commands) {
    add(wishes, "run on this machine: " + shown(line));
  }
  add_all(wishes, container_wishes(config, paths));
  add_all(wishes, run_arg_wishes(config.run_args, paths));
  if (paths.mount && !paths.mount->empty()) {
    // The default mount is the workspace itself; another one is the file's.
    try {
      add_mount(wishes, parse_mount(*paths.mount), paths);
    } catch (const Error&) {
      return wishes;  // it will be refused where it is used
    }
  }
  return wishes;
}

}  // namespace fairlead
