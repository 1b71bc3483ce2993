// The smallest useful backend: it has one instance, the host that the user chose, and runs commands
// there. Every operation that is not overridden answers "unsupported" by itself.

#include <fairlead/sdk/plugin.hpp>

#include <string>
#include <utility>

namespace {

namespace sdk = fairlead::sdk;

class Hello final : public sdk::Backend {
 public:
  explicit Hello(sdk::Core core) : core_(core) {}

  fairlead::ProbeReply probe(const fairlead::ProbeRequest& /*request*/, sdk::Call& call) override {
    const auto host = core_.host().describe(call);
    core_.log(sdk::Level::debug, "running on " + host.os + "/" + host.arch);
    fairlead::ProbeReply reply;
    reply.engine = "hello";
    reply.os = host.os;
    reply.arch = host.arch;
    reply.capabilities.exec_env = true;
    reply.capabilities.exec_cwd = true;
    reply.capabilities.exec_tty = true;
    return reply;
  }

  fairlead::ExecReply exec(const fairlead::ExecRequest& request, sdk::Call& call) override {
    if (request.argv.empty()) {
      throw fairlead::Error(fairlead::Status::invalid, "hello.argv", "There is no command to run.");
    }
    fairlead::SpawnRequest spawn;
    spawn.argv = request.argv;
    spawn.env = request.env;
    spawn.working_directory = request.working_directory;
    spawn.terminal = request.terminal;
    const auto started = [&](const std::string& id) {
      fairlead::Event event;
      event.started = id;
      call.emit(event);
    };
    return {core_.host().spawn(std::move(spawn), call.take(request.in), call.take(request.out),
                               call.take(request.err), call, started)};
  }

  fairlead::Empty exec_control(const fairlead::ExecControlRequest& request,
                               sdk::Call& call) override {
    core_.host().spawn_control({request.exec, request.resize, request.signal}, call);
    return {};
  }

 private:
  sdk::Core core_;
};

}  // namespace

FAIRLEAD_PLUGIN(Hello, "org.example.hello", "0.1.0");
