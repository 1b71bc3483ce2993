#include "run_args.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

/// Flags of docker run about the process: environment, labels, user, privileges, namespaces,
/// health.
namespace fairlead::engine {
namespace {

template <const char* key>
void set_config(Draft& draft, const std::string& value) {
  draft.config[key] = value;
}
template <const char* key>
void set_host(Draft& draft, const std::string& value) {
  draft.host[key] = value;
}
template <const char* key>
void set_host_flag(Draft& draft, const std::string& value) {
  draft.host[key] = parse_boolean(value);
}
template <const char* key>
void append_host(Draft& draft, const std::string& value) {
  draft.host[key].push_back(value);
}
template <const char* key>
void set_host_pair(Draft& draft, const std::string& value) {
  auto [name, text] = split_pair(value);
  draft.host[key][name] = text;
}
template <const char* key>
void set_health_time(Draft& draft, const std::string& value) {
  draft.health[key] = parse_nanoseconds(value);
}

namespace key {
constexpr char user[] = "User", working_dir[] = "WorkingDir", stop_signal[] = "StopSignal";
constexpr char cap_add[] = "CapAdd", cap_drop[] = "CapDrop", group_add[] = "GroupAdd";
constexpr char privileged[] = "Privileged", init[] = "Init", read_only[] = "ReadonlyRootfs";
constexpr char auto_remove[] = "AutoRemove", pid[] = "PidMode", ipc[] = "IpcMode";
constexpr char uts[] = "UTSMode", userns[] = "UsernsMode", cgroupns[] = "CgroupnsMode";
constexpr char runtime[] = "Runtime", isolation[] = "Isolation", sysctls[] = "Sysctls";
constexpr char annotations[] = "Annotations", interval[] = "Interval", timeout[] = "Timeout";
constexpr char start_period[] = "StartPeriod", start_interval[] = "StartInterval";
}  // namespace key

void variable(Draft& draft, const std::string& value) {
  if (value.empty() || value.starts_with('=')) throw BadValue{"a variable needs a name"};
  if (value.find('=') != std::string::npos) {
    draft.env.push_back(value);
    return;
  }
  // Without a value: the caller's own, or "remove it" when there is none.
  const auto own = draft.client.environment.find(value);
  const bool known = own != draft.client.environment.end();
  draft.env.push_back(known ? value + "=" + own->second : value);
}

/// Calls `take` with each line of a file that is neither empty nor a comment.
template <class Take>
void each_line(Draft& draft, const std::string& path, const Take& take) {
  for (auto line : split(draft.client.read_file(path), '\n')) {
    if (line.ends_with('\r')) line.pop_back();
    line.erase(0, line.find_first_not_of(" \t\v\f"));
    if (!line.empty() && line.front() != '#') take(line);
  }
}

void env_file(Draft& draft, const std::string& path) {
  each_line(draft, path, [&](const std::string& line) {
    const auto name = line.substr(0, line.find('='));
    if (name.empty()) throw BadValue{"the line '" + line + "' has no variable name"};
    if (name.find_first_of(" \t") != std::string::npos) {
      throw BadValue{"the variable name '" + name + "' contains a space"};
    }
    const auto own = draft.client.environment.find(name);
    if (name != line) {
      draft.file_env.push_back(line);
    } else if (own != draft.client.environment.end()) {
      draft.file_env.push_back(name + "=" + own->second);
    }
  });
}

void label(Draft& draft, const std::string& value) {
  auto [name, text] = split_pair(value);
  if (name.empty()) throw BadValue{"a label needs a name"};
  draft.labels[name] = text;
}

void label_file(Draft& draft, const std::string& path) {
  each_line(draft, path, [&](const std::string& line) {
    if (line.find('=') == std::string::npos) return;  // the docker client passes over it
    auto [name, text] = split_pair(line);
    draft.file_labels[name] = text;
  });
}

void name(Draft& draft, const std::string& value) { draft.name = value; }
void platform(Draft& draft, const std::string& value) { draft.platform = value; }

void entrypoint(Draft& draft, const std::string& value) {
  draft.config["Entrypoint"] = Json::array({value});  // an empty one resets the image's
}

void stop_timeout(Draft& draft, const std::string& value) {
  draft.config["StopTimeout"] = parse_integer(value);
}

void tty(Draft& draft, const std::string& value) { draft.config["Tty"] = parse_boolean(value); }

void interactive(Draft& draft, const std::string& value) {
  draft.config["OpenStdin"] = parse_boolean(value);
}

void restart(Draft& draft, const std::string& value) {
  const auto parts = split(value, ':');
  if (parts.size() > 2) throw BadValue{"it has more than one ':'"};
  Json policy = {{"Name", parts[0]}};
  if (parts.size() == 2) policy["MaximumRetryCount"] = parse_integer(parts[1]);
  draft.host["RestartPolicy"] = policy;
}

/// Profiles of seccomp travel by content; the engine itself understands "key:value", the old
/// spelling.
void security_opt(Draft& draft, const std::string& value) {
  if (value == "systempaths=unconfined") {
    draft.host["MaskedPaths"] = Json::array();
    draft.host["ReadonlyPaths"] = Json::array();
    return;
  }
  auto text = value;
  const auto split_at = std::min(value.find('='), value.find(':'));
  if (value.substr(0, split_at) == "seccomp" && split_at != std::string::npos) {
    const auto profile = value.substr(split_at + 1);
    if (profile != "unconfined" && profile != "builtin") {
      const auto content = Json::parse(draft.client.read_file(profile), nullptr, false);
      if (content.is_discarded()) throw BadValue{"the seccomp profile is not JSON"};
      text = "seccomp=" + dump(content);
    }
  }
  draft.host["SecurityOpt"].push_back(text);
}

void health_command(Draft& draft, const std::string& value) { draft.health_command = value; }
void health_retries(Draft& draft, const std::string& value) {
  draft.health["Retries"] = parse_integer(value);
}
void no_health(Draft& draft, const std::string& value) { draft.no_health = parse_boolean(value); }

void id_file(Draft& draft, const std::string& path) {
  const std::filesystem::path base = draft.client.working_directory;
  draft.id_file = path.empty() ? path : (base / path).lexically_normal().string();
}

constexpr std::array flags{
    RunFlag{"env", 'e', false, variable},
    RunFlag{"env-file", 0, false, env_file},
    RunFlag{"label", 'l', false, label},
    RunFlag{"label-file", 0, false, label_file},
    RunFlag{"name", 0, false, name},
    RunFlag{"platform", 0, false, platform},
    RunFlag{"user", 'u', false, set_config<key::user>},
    RunFlag{"workdir", 'w', false, set_config<key::working_dir>},
    RunFlag{"entrypoint", 0, false, entrypoint},
    RunFlag{"stop-signal", 0, false, set_config<key::stop_signal>},
    RunFlag{"stop-timeout", 0, false, stop_timeout},
    RunFlag{"tty", 't', true, tty},
    RunFlag{"interactive", 'i', true, interactive},
    RunFlag{"init", 0, true, set_host_flag<key::init>},
    RunFlag{"privileged", 0, true, set_host_flag<key::privileged>},
    RunFlag{"read-only", 0, true, set_host_flag<key::read_only>},
    RunFlag{"rm", 0, true, set_host_flag<key::auto_remove>},
    RunFlag{"restart", 0, false, restart},
    RunFlag{"cap-add", 0, false, append_host<key::cap_add>},
    RunFlag{"cap-drop", 0, false, append_host<key::cap_drop>},
    RunFlag{"group-add", 0, false, append_host<key::group_add>},
    RunFlag{"security-opt", 0, false, security_opt},
    RunFlag{"pid", 0, false, set_host<key::pid>},
    RunFlag{"ipc", 0, false, set_host<key::ipc>},
    RunFlag{"uts", 0, false, set_host<key::uts>},
    RunFlag{"userns", 0, false, set_host<key::userns>},
    RunFlag{"cgroupns", 0, false, set_host<key::cgroupns>},
    RunFlag{"runtime", 0, false, set_host<key::runtime>},
    RunFlag{"isolation", 0, false, set_host<key::isolation>},
    RunFlag{"sysctl", 0, false, set_host_pair<key::sysctls>},
    RunFlag{"annotation", 0, false, set_host_pair<key::annotations>},
    RunFlag{"health-cmd", 0, false, health_command},
    RunFlag{"health-interval", 0, false, set_health_time<key::interval>},
    RunFlag{"health-timeout", 0, false, set_health_time<key::timeout>},
    RunFlag{"health-start-period", 0, false, set_health_time<key::start_period>},
    RunFlag{"health-start-interval", 0, false, set_health_time<key::start_interval>},
    RunFlag{"health-retries", 0, false, health_retries},
    RunFlag{"no-healthcheck", 0, true, no_health},
    RunFlag{"cidfile", 0, false, id_file},
};

}  // namespace

std::span<const RunFlag> process_flags() { return flags; }

}  // namespace fairlead::engine
