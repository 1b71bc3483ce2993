#include "docker.hpp"

#include <fairlead/engine/build.hpp>
#include <fairlead/engine/checks.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <ctime>

namespace fairlead::docker {
namespace {

Capabilities what_docker_can() {
  Capabilities can;
  can.build = {"local", "push"};
  can.pull = can.image_inspection = can.named_volumes = true;
  can.keeps_filesystem = can.stable_identity = true;
  can.exec_user = can.exec_env = can.exec_cwd = can.exec_tty = true;
  can.exec_half_close = can.exec_signal = true;
  can.dial = can.publish = can.run_args = true;
  can.privileged = can.capabilities = can.gpu = can.uid_remap = true;
  can.events = can.logs = true;
  return can;
}

engine::ApiRequest get(std::string target) { return {{.target = std::move(target)}, {}}; }

}  // namespace

void DockerBackend::configure(const ConfigureRequest& request) {
  settings_ = settings_from(request.settings);
  configuration_ = request;
  const auto dial = [this](const engine::Endpoint& endpoint, const sdk::Call& call) {
    return core_.host().dial({endpoint.host, endpoint.port, endpoint.socket}, call);
  };
  client_ = std::make_unique<engine::Client>(
      engine::find_endpoint(request.environment, settings_.host), dial);
}

engine::Client& DockerBackend::client() {
  if (!client_) configure({});
  return *client_;
}

bool DockerBackend::is_local(const sdk::Call& call) const {
  return !client_->endpoint().socket.empty() && core_.host().describe(call).local;
}

ProbeReply DockerBackend::probe(const ProbeRequest& request, sdk::Call& call) {
  auto reply = engine::probe_from_version(client().send(get("/version"), call).body);
  reply.endpoint = client().endpoint().text();
  reply.local = is_local(call);
  if (reply.os == "windows") {
    throw Error(Status::unsupported, "engine.windows",
                "The engine at " + reply.endpoint + " runs Windows containers.",
                "Switch it to Linux containers; Windows containers are not supported.");
  }
  reply.capabilities = what_docker_can();
  reply.capabilities.live_binds = reply.local;
  if (request.gpu)
    reply.gpu_runtime = engine::has_gpu_runtime(client().send(get("/info"), call).body);
  if (request.builder) {
    reply.builder = choose_builder(call);
    reply.buildkit = reply.builder != "classic";
    reply.build_contexts = reply.builder == "buildx" && engine::major_of(reply.version) >= 23;
  }
  return reply;
}

ChecksReply DockerBackend::checks(const ChecksRequest& /*request*/, sdk::Call& call) {
  const auto version = client().send(get("/version"), call).body;
  const auto info = client().send(get("/info"), call).body;
  return {engine::engine_checks(version, info,
                                {.arch = core_.host().describe(call).arch,
                                 .now = std::time(nullptr),
                                 .local = is_local(call)})};
}

}  // namespace fairlead::docker

FAIRLEAD_PLUGIN(fairlead::docker::DockerBackend, "fairlead.docker", "0.1.0");
