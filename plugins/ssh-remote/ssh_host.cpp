#include "ssh-remote/forward.hpp"
#include "ssh-remote/session.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <memory>

namespace fairlead::ssh {

/// A machine that OpenSSH reaches.
class SshHost final : public sdk::Host {
 public:
  explicit SshHost(sdk::Core /*core*/) {}

  void configure(const ConfigureRequest& request) override {
    settings_ = settings_from(request.settings);
    environment_ = request.environment;
  }

  // Connects on first use only: what needs no host should not wait for one.
  Empty open(const HostOpenRequest& request, sdk::Call& /*call*/) override {
    master_ = std::make_unique<Master>(settings_, environment_, parse_address(request.address));
    return {};
  }

  HostDescription describe(const Empty& /*request*/, sdk::Call& call) override {
    return master().facts(call.cancel_fd()).description;
  }

  SpawnReply spawn(const SpawnRequest& request, sdk::Call& call) override {
    return sessions_.spawn(master(), request, call);
  }

  Empty spawn_control(const SpawnControlRequest& request, sdk::Call& call) override {
    sessions_.control(master(), request, call.cancel_fd());
    return {};
  }

  DialReply dial(const HostDialRequest& request, sdk::Call& call) override {
    return {call.attach(dial_through(master(), request, call.cancel_fd()))};
  }

  // The connection is not ours alone; it ends when nobody has used it for a while.
  Empty close(const Empty& /*request*/, sdk::Call& /*call*/) override { return {}; }

 private:
  Master& master() {
    if (!master_) {
      throw Error(Status::invalid, "host.address", "No host was opened.");
    }
    return *master_;
  }

  Settings settings_;
  Environment environment_;
  std::unique_ptr<Master> master_;
  Sessions sessions_;
};

}  // namespace fairlead::ssh

FAIRLEAD_PLUGIN(fairlead::ssh::SshHost, "fairlead.ssh", "0.1.0");
