#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/build.hpp>
#include <fairlead/engine/checks.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>

#include <ctime>

namespace fairlead::engine {
namespace {

ApiRequest get(std::string target) { return {{.target = std::move(target)}, {}}; }

}  // namespace

Capabilities what_engines_can() {
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

void EngineBackend::connect(const ConfigureRequest& request, EngineSettings settings) {
  auto endpoint = find_endpoint(request.environment, settings.host);
  connect(request, std::move(settings), std::move(endpoint),
          [this](const Endpoint& to, const sdk::Call& call) {
            return core_.host().dial({to.host, to.port, to.socket}, call);
          });
}

void EngineBackend::connect(const ConfigureRequest& request, EngineSettings settings,
                            Endpoint endpoint, Client::Dial dial) {
  settings_ = std::move(settings);
  configuration_ = request;
  client_ = std::make_unique<Client>(std::move(endpoint), std::move(dial));
}

Client& EngineBackend::client() {
  if (!client_) connect({}, {});
  return *client_;
}

bool EngineBackend::is_local(const sdk::Call& call) {
  const auto& endpoint = client().endpoint();
  return !endpoint.socket.empty() && endpoint.host.empty() && core_.host().describe(call).local;
}

ProbeReply EngineBackend::probe(const ProbeRequest& request, sdk::Call& call) {
  auto reply = probe_from_version(client().send(get("/version"), call).body);
  reply.endpoint = client().endpoint().text();
  reply.local = is_local(call);
  if (reply.os == "windows") {
    throw Error(Status::unsupported, "engine.windows",
                "The engine at " + reply.endpoint + " runs Windows containers.",
                "Switch it to Linux containers; Windows containers are not supported.");
  }
  reply.capabilities = what_engines_can();
  // The paths are the host's, and so is an engine on a socket there.
  const auto& endpoint = client().endpoint();
  reply.capabilities.live_binds = !endpoint.socket.empty() && endpoint.host.empty();
  if (request.gpu) reply.gpu_runtime = has_gpu_runtime(client().send(get("/info"), call).body);
  if (request.builder) {
    reply.builder = choose_builder(call);
    reply.buildkit = reply.builder != "classic";
    reply.build_contexts = reply.builder == "buildx" && major_of(reply.version) >= 23;
  }
  return reply;
}

ChecksReply EngineBackend::checks(const ChecksRequest& /*request*/, sdk::Call& call) {
  const auto version = client().send(get("/version"), call).body;
  const auto info = client().send(get("/info"), call).body;
  return {engine_checks(version, info,
                        {.arch = core_.host().describe(call).arch,
                         .now = std::time(nullptr),
                         .local = is_local(call)})};
}

}  // namespace fairlead::engine
