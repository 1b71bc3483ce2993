#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/find.hpp"
#include "engine/host_check.hpp"
#include "engine/the_host.hpp"

#include <fairlead/manage.hpp>

#include <algorithm>
#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds engine_limit{15};
constexpr std::chrono::seconds local_limit{3};

struct Doctor {
  Core& core;
  const std::function<void(const Finding&)>& tell;
  std::stop_token stop;
};

void good(const Doctor& d, const char* subject, std::string name, std::string message) {
  d.tell({subject, {.name = std::move(name), .message = std::move(message)}});
}

void warn(const Doctor& d, const char* subject, std::string name, std::string message,
          std::string hint) {
  d.tell({subject, {std::move(name), "warning", std::move(message), std::move(hint)}});
}

constexpr const char* here = "this machine";

std::vector<std::string> check_plugins(const Doctor& d, const Settings& settings) {
  std::vector<std::string> backends;
  for (const auto& [manifest, refusal] : d.core.plugins(settings).entries()) {
    if (!refusal.empty()) {
      d.tell({"plugins",
              {manifest.id, "bad", "It cannot be used: " + refusal,
               "Install a version that fits, or remove it from the plugin folder."}});
      continue;
    }
    good(d, "plugins", manifest.id, "Version " + manifest.version + '.');
    if (!may_be_there(manifest, settings)) continue;
    for (const auto& name : manifest.backends) {
      if (std::ranges::find(backends, name) == backends.end()) backends.push_back(name);
    }
  }
  if (backends.empty()) {
    d.tell({"plugins",
            {"backends", "bad", "No backend is installed.",
             "`fairlead plugin list` shows where plugins are looked for."}});
  }
  return backends;
}

void check_abilities(const Doctor& d, const std::string& name, const ProbeReply& reply) {
  const auto tell = [&](Check check) { d.tell({name, std::move(check)}); };
  const bool builds = !reply.capabilities.build.empty();
  if (!builds) {
    tell({"builder", "warning", "It cannot build images.",
          "Use configurations with an image only."});
  } else if (reply.buildkit) {
    tell({.name = "builder", .message = "Builds with " + reply.builder + "."});
  } else {
    tell({"builder", "warning", "Only the classic builder is there; it knows no cache mounts.",
          "Install the buildx plugin of the engine's client."});
  }
  if (!reply.capabilities.live_binds) {
    tell({"mounts", "warning", "Folders of this machine cannot be mounted.",
          "The workspace is copied into a volume instead."});
  }
}

/// What the plugin itself knows of its engine; it need not know anything.
void check_engine(const Doctor& d, const std::string& name, Backend& backend) {
  try {
    const auto reply = backend.checks({}, {.stop = d.stop, .timeout = engine_limit});
    for (const auto& check : reply.checks) d.tell({name, check});
  } catch (const Error& error) {
    if (error.status() != Status::unsupported) throw;
  }
}

void check_backend(const Doctor& d, const Settings& settings, const std::string& name) {
  const auto tell = [&](Check check) { d.tell({name, std::move(check)}); };
  try {
    const auto backend = d.core.backend(name, settings);
    const auto reply =
        backend->probe({.builder = true, .gpu = true}, {.stop = d.stop, .timeout = engine_limit});
    tell({.name = "reachable",
          .message = reply.engine + (reply.version.empty() ? "" : " " + reply.version) +
                     (reply.endpoint.empty() ? "" : " at " + reply.endpoint) + '.'});
    check_engine(d, name, *backend);
    const auto* plugin = d.core.plugins(settings).find_backend(name);
    if (plugin == nullptr || !plugin->is_the_host) check_abilities(d, name, reply);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    tell({"reachable", "bad", error.message(), error.hint()});
  }
}

void check_disk(const Doctor& d, const std::string& name, fs::path folder) {
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const auto space = fs::space(folder, error);
  if (error) return;
  d.tell({here, disk_check(name, space.available, folder.string(),
                           "Make room: `fairlead prune` removes what we left behind.")});
}

struct Spoken {
  int status = -1;  ///< -1: could not be started
  std::string text;
};

Spoken ask_program(const Doctor& d, std::vector<std::string> argv) {
  auto pipe = make_pipe();
  CallOptions options{.stop = d.stop, .timeout = local_limit};
  SpawnRequest request{.argv = std::move(argv)};
  request.out = options.pass(std::move(pipe.write_end));
  Spoken spoken;
  try {
    const PipeReader reader(std::move(pipe.read_end),
                            [&](std::string_view text) { spoken.text += text; });
    spoken.status = local_host()->spawn(request, std::move(options)).exit_code;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
  }
  spoken.text = std::string(trim(spoken.text));
  return spoken;
}

void check_git(const Doctor& d) {
  const auto version = ask_program(d, {"git", "--version"});
  if (version.status != 0) {
    warn(d, here, "git", "There is no git.", "Install it; projects are usually cloned with it.");
    return;
  }
  good(d, here, "git", version.text + '.');
  if (ask_program(d, {"git", "config", "--get", "core.autocrlf"}).text == "true") {
    warn(d, here, "autocrlf", "git turns line ends into CR LF; scripts fail with that inside.",
         "git config --global core.autocrlf input, or a .gitattributes with `* text=auto eol=lf`.");
  }
}

void check_ssh(const Doctor& d) {
  if (ask_program(d, {"ssh", "-V"}).status != 0) {
    warn(d, here, "ssh", "There is no ssh.", "Install it to reach repositories and hosts by SSH.");
    return;
  }
  const auto agent = d.core.options().environment.find("SSH_AUTH_SOCK");
  std::error_code error;
  if (agent == d.core.options().environment.end()) {
    good(d, here, "ssh", "ssh is there; no agent runs.");
  } else if (fs::is_socket(agent->second, error)) {
    good(d, here, "ssh", "ssh is there, and an agent.");
  } else {
    warn(d, here, "ssh", "SSH_AUTH_SOCK names " + agent->second + ", where no agent is.",
         "Start one (`eval $(ssh-agent)`) or unset the variable.");
  }
}

/// Only whether somebody answers: no image is asked for. With a proxy the engine goes another way.
void check_registry(const Doctor& d) {
  constexpr const char* registry = "registry-1.docker.io";
  const auto& environment = d.core.options().environment;
  if (environment.contains("HTTPS_PROXY") || environment.contains("https_proxy")) {
    good(d, here, "registry", "A proxy is set; the engine has to know it, too.");
    return;
  }
  try {
    local_host()->dial({.host = registry, .port = 443}, {.stop = d.stop, .timeout = local_limit});
    good(d, here, "registry", std::string(registry) + " answers.");
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    warn(d, here, "registry", std::string(registry) + " cannot be reached: " + error.message(),
         "Without it only images that are there already, or of other registries, can be used.");
  }
}

}  // namespace

void doctor(Core& core, const std::function<void(const Finding&)>& tell, std::stop_token stop) {
  const Doctor d{core, tell, std::move(stop)};
  const auto settings = core.settings(core.options().working_directory, nullptr);
  const auto backends = check_plugins(d, settings);
  const bool local = settings.text("host") == "local";
  if (local || try_host(core, settings, tell, d.stop)) {
    for (const auto& name : backends) check_backend(d, settings, name);
  }
  check_disk(d, "disk", core.state_folder());
  check_git(d);
  check_ssh(d);
  check_registry(d);
}

}  // namespace fairlead
