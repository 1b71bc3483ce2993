#include "compose.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/plugin.hpp>

namespace fairlead::compose {

void ComposeBackend::configure(const ConfigureRequest& request) {
  settings_ = settings_from(request.settings);
  if (settings_.on == "docker") return connect(request, settings_.engine);
  podman_ = std::make_unique<engine::PodmanService>(core(), request, settings_.podman);
  if (settings_.on == "podman") choice_.take_podman();
  connect(request, settings_.engine,
          choice_.is_podman() ? podman_->endpoint()
                              : engine::find_endpoint(request.environment, settings_.engine.host),
          [this](const engine::Endpoint& docker, const sdk::Call& call) {
            return reach(docker, call);
          });
}

ProbeReply ComposeBackend::probe(const ProbeRequest& request, sdk::Call& call) {
  auto reply = EngineBackend::probe(request, call);
  reply.capabilities.service_groups = true;
  if (choice_.is_podman()) reply.endpoint = podman_->address();
  return reply;
}

ChecksReply ComposeBackend::checks(const ChecksRequest& request, sdk::Call& call) {
  auto reply = EngineBackend::checks(request, call);
  try {
    const auto found = tool(call);
    reply.checks.push_back(
        {.name = "compose",
         .message = "Compose " + found.version + " (" + command_text(found.argv) + ")",
         .hint = {}});
  } catch (const Error& error) {
    if (error.code() != "compose.missing") throw;
    reply.checks.push_back({.name = "compose",
                            .outcome = "warning",
                            .message = error.message(),
                            .hint = error.hint()});
  }
  return reply;
}

Runner ComposeBackend::runner(const std::string& folder) const {
  return {core().host(), client_environment(), folder};
}

void ComposeBackend::require_engine_here() {
  const auto& endpoint = client().endpoint();
  if (endpoint.socket.empty() || endpoint.host.empty()) return;
  throw Error(
      Status::unsupported, "engine.endpoint",
      "The engine is at " + endpoint.text() + ", and the files of the group of services are here.",
      "Take the workspace there: --workspace-folder " + endpoint.host + "/folder");
}

Runner ComposeBackend::engine_runner(const std::string& folder, sdk::Call& call) {
  require_engine_here();
  if (podman_ && !choice_.is_docker()) client().send({{.target = "/_ping"}, {}}, call);  // chooses
  auto how = runner(folder);
  if (!choice_.is_podman()) return how;
  how.environment["DOCKER_HOST"] = podman_->address();
  how.environment["DOCKER_BUILDKIT"] = "0";  // Podman has a builder of its own
  return how;
}

Tool ComposeBackend::tool(const sdk::Call& call) {
  const std::lock_guard lock(mutex_);
  if (!tool_) tool_ = suitable_tool(runner(configuration().working_directory), call);
  return *tool_;
}

Tool ComposeBackend::suitable_tool(const Runner& runner, const sdk::Call& call) {
  require_engine_here();
  auto tool = find_tool(runner, settings_, call);
  if (!tool.is_podmans) return tool;
  take_podman();
  return tool;
}

void ComposeBackend::take_podman() {
  if (choice_.take_podman()) return;
  throw Error(Status::unavailable, "compose.missing",
              "The only Compose here is podman-compose, which cannot work with Docker.",
              "Install docker's compose plugin or docker-compose, or take Podman as the engine: "
              "plugins.compose.engine = \"podman\".");
}

}  // namespace fairlead::compose

FAIRLEAD_PLUGIN(fairlead::compose::ComposeBackend, "fairlead.compose", "0.1.0");
