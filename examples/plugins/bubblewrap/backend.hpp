#pragma once

#include "store.hpp"

#include <fairlead/sdk/plugin.hpp>

#include <string>
#include <vector>

namespace bubblewrap {

/// Environments without an engine: root filesystems unpacked from OCI images, sandboxes made by
/// bubblewrap, commands that join them. Works as root on this machine.
class BubblewrapBackend final : public fairlead::sdk::Backend {
 public:
  explicit BubblewrapBackend(fairlead::sdk::Core core) : core_(core) {}

  void configure(const fairlead::ConfigureRequest& request) override;
  fairlead::ProbeReply probe(const fairlead::ProbeRequest& request,
                             fairlead::sdk::Call& call) override;

  fairlead::ImageInfo inspect_image(const fairlead::InspectImageRequest& request,
                                    fairlead::sdk::Call& call) override;
  fairlead::Empty pull_image(const fairlead::PullImageRequest& request,
                             fairlead::sdk::Call& call) override;

  fairlead::CreateReply create(const fairlead::CreateRequest& request,
                               fairlead::sdk::Call& call) override;
  fairlead::StartReply start(const fairlead::StartRequest& request,
                             fairlead::sdk::Call& call) override;
  fairlead::Empty stop(const fairlead::StopRequest& request, fairlead::sdk::Call& call) override;
  fairlead::Empty remove(const fairlead::RemoveRequest& request,
                         fairlead::sdk::Call& call) override;
  fairlead::InstanceInfo inspect(const fairlead::InspectRequest& request,
                                 fairlead::sdk::Call& call) override;
  fairlead::ListReply list(const fairlead::ListRequest& request,
                           fairlead::sdk::Call& call) override;

  fairlead::ExecReply exec(const fairlead::ExecRequest& request,
                           fairlead::sdk::Call& call) override;
  fairlead::Empty exec_control(const fairlead::ExecControlRequest& request,
                               fairlead::sdk::Call& call) override;
  fairlead::Empty logs(const fairlead::LogsRequest& request, fairlead::sdk::Call& call) override;
  fairlead::Empty copy_in(const fairlead::CopyInRequest& request,
                          fairlead::sdk::Call& call) override;
  fairlead::Empty copy_out(const fairlead::CopyOutRequest& request,
                           fairlead::sdk::Call& call) override;
  fairlead::DialReply dial(const fairlead::DialRequest& request,
                           fairlead::sdk::Call& call) override;

 private:
  Store store() const;
  Record running(const std::string& id) const;
  fairlead::SpawnRequest join(const Record& record, const fairlead::ExecRequest& request) const;
  void archive(const std::string& id, std::vector<std::string> argv, fairlead::UniqueFd in,
               fairlead::UniqueFd out, fairlead::sdk::Call& call);

  fairlead::sdk::Core core_;
  std::string state_;
  std::vector<std::string> curl_options_;
  bool network_is_private_ = false;
};

}  // namespace bubblewrap
