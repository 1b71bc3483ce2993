#pragma once

#include "ssh-remote/records.hpp"

#include <fairlead/sdk/backend.hpp>
#include <fairlead/sdk/core.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::ssh {

/// A machine reached by OpenSSH as the environment itself: nothing is made from an image, files are
/// where they are, commands run beside the host's own. What is kept of an environment is in the
/// account's home there.
class SshRemote final : public sdk::Backend {
 public:
  explicit SshRemote(sdk::Core core) : host_(core.host()) {}

  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override;
  CreateReply create(const CreateRequest& request, sdk::Call& call) override;
  StartReply start(const StartRequest& request, sdk::Call& call) override;
  Empty stop(const StopRequest& request, sdk::Call& call) override;
  Empty remove(const RemoveRequest& request, sdk::Call& call) override;
  InstanceInfo inspect(const InspectRequest& request, sdk::Call& call) override;
  ListReply list(const ListRequest& request, sdk::Call& call) override;
  ExecReply exec(const ExecRequest& request, sdk::Call& call) override;
  Empty exec_control(const ExecControlRequest& request, sdk::Call& call) override;
  Empty copy_in(const CopyInRequest& request, sdk::Call& call) override;
  Empty copy_out(const CopyOutRequest& request, sdk::Call& call) override;
  DialReply dial(const DialRequest& request, sdk::Call& call) override;
  ChecksReply checks(const ChecksRequest& request, sdk::Call& call) override;

 private:
  struct Said {
    int exit_code = 0;
    std::string out;
    std::string err;
  };

  /// The host, which has to be another machine.
  HostDescription machine(const sdk::Call& call) const;
  /// Runs one of scripts.hpp to its end; what it prints is small.
  Said run(std::string_view script, std::vector<std::string> words, const sdk::Call& call,
           const std::string& input = {}) const;
  /// Those of the host; they are known from now on.
  std::vector<Record> records(const sdk::Call& call);
  /// Throws not_found ("instance.not_found").
  Record find(const std::string& word, const sdk::Call& call);
  /// The same, asked of the host only when it was never seen: its labels and variables never
  /// change.
  Record known(const std::string& id, const sdk::Call& call);
  /// Passes an archive on to or from tar.
  void archive(const std::vector<std::string>& argv, UniqueFd in, UniqueFd out,
               const sdk::Call& call) const;

  sdk::HostClient host_;
  std::mutex mutex_;
  std::map<std::string, Record> known_;  ///< by id
};

}  // namespace fairlead::ssh
