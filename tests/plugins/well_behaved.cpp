// A good plugin with the SDK that reaches its host through the core.
#include <fairlead/sdk/plugin.hpp>

#include <string>
#include <utility>

namespace {

namespace sdk = fairlead::sdk;
using namespace fairlead;

class WellBehaved final : public sdk::Backend {
 public:
  explicit WellBehaved(sdk::Core core) : core_(core) {}

  void configure(const ConfigureRequest& request) override {
    if (request.settings.find("refuse me") != std::string::npos) {
      throw Error(Status::invalid, "test.settings", "these settings cannot be", "choose others");
    }
  }

  ProbeReply probe(const ProbeRequest& /*request*/, sdk::Call& call) override {
    ProbeReply reply;
    const auto host = core_.host().describe(call);
    reply.engine = "well behaved";
    reply.arch = host.arch;
    reply.local = host.local;
    return reply;
  }

  ExecReply exec(const ExecRequest& request, sdk::Call& call) override {
    SpawnRequest spawn;
    spawn.argv = request.argv;
    spawn.env = request.env;
    spawn.terminal = request.terminal;
    const auto started = [&](const std::string& id) {
      Event event;
      event.started = id;
      call.emit(event);
    };
    return {core_.host().spawn(std::move(spawn), call.take(request.in), call.take(request.out),
                               call.take(request.err), call, started)};
  }

  Empty exec_control(const ExecControlRequest& request, sdk::Call& call) override {
    core_.host().spawn_control({request.exec, request.resize, request.signal}, call);
    return {};
  }

  DialReply dial(const DialRequest& request, sdk::Call& call) override {
    return {call.attach(core_.host().dial({request.host, request.port, request.socket}, call))};
  }

 private:
  sdk::Core core_;
};

}  // namespace

FAIRLEAD_PLUGIN(WellBehaved, "test.well_behaved", "1.0.0");
