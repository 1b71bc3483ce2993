#pragma once

#include "options.hpp"
#include "store.hpp"

#include <fairlead/sdk/backend.hpp>
#include <fairlead/sdk/core.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace fairlead::testbed {

class TerminalPump;

/// A runtime with a cluster's manners, for tests: no host paths, no local images or builds, image
/// configuration known only once an instance runs, a fresh file system and a new id at each start.
/// Its processes are real ones, below a chroot in namespaces of their own, so it needs root.
class TestbedBackend : public sdk::Backend {
 public:
  explicit TestbedBackend(sdk::Core core);

  void configure(const ConfigureRequest& request) override;
  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override;

  CreateReply create(const CreateRequest& request, sdk::Call& call) override;
  StartReply start(const StartRequest& request, sdk::Call& call) override;
  Empty stop(const StopRequest& request, sdk::Call& call) override;
  Empty remove(const RemoveRequest& request, sdk::Call& call) override;
  InstanceInfo inspect(const InspectRequest& request, sdk::Call& call) override;
  ListReply list(const ListRequest& request, sdk::Call& call) override;

  ExecReply exec(const ExecRequest& request, sdk::Call& call) override;
  Empty exec_control(const ExecControlRequest& request, sdk::Call& call) override;
  Empty logs(const LogsRequest& request, sdk::Call& call) override;
  Empty copy_in(const CopyInRequest& request, sdk::Call& call) override;
  Empty copy_out(const CopyOutRequest& request, sdk::Call& call) override;
  DialReply dial(const DialRequest& request, sdk::Call& call) override;

 private:
  struct Command {
    int process_group = 0;
    TerminalPump* terminal = nullptr;
  };

  /// Waits and fails as the options ask for; the store, if the settings name one.
  Store enter(const std::string& operation, const sdk::Call& call) const;
  std::string announce(Command command, const sdk::Call& call);
  void archive(const std::string& id, const std::vector<std::string>& argv, UniqueFd in,
               UniqueFd out, sdk::Call& call);

  sdk::Core core_;
  Options options_;
  std::mutex mutex_;                         ///< guards what follows
  std::map<std::string, Command> commands_;  ///< by the id that exec_control takes
  int last_command_ = 0;
};

}  // namespace fairlead::testbed
