#pragma once

#include "cache.hpp"
#include "settings.hpp"

#include <fairlead/engine/backend.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace fairlead::compose {

/// Compose as a backend: what is about a project goes to Compose's command line, what is about one
/// container to the engine's API. Files: compose (set-up), resolve (what the user's files say),
/// group (building, starting, stopping, removing), on_podman (what is different
/// there).
class ComposeBackend final : public engine::EngineBackend {
 public:
  using EngineBackend::EngineBackend;

  void configure(const ConfigureRequest& request) override;
  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override;
  ChecksReply checks(const ChecksRequest& request, sdk::Call& call) override;

  ResolveGroupReply resolve(const ResolveGroupRequest& request, sdk::Call& call) override;
  BuildImageReply build_image(const BuildImageRequest& request, sdk::Call& call) override;
  CreateReply create(const CreateRequest& request, sdk::Call& call) override;
  StartReply start(const StartRequest& request, sdk::Call& call) override;
  Empty stop(const StopRequest& request, sdk::Call& call) override;
  Empty remove(const RemoveRequest& request, sdk::Call& call) override;

 private:
  using Known = std::shared_ptr<const Evaluation>;

  /// Compose's word on the group, asked at most once per instance of this class.
  Known evaluation(const Group& group, const sdk::Call& call);
  Known evaluate(const Group& group, const sdk::Call& call) const;
  Runner runner(const std::string& folder) const;
  /// Its commands reach the engine, too.
  Runner engine_runner(const std::string& folder, sdk::Call& call);
  UniqueFd reach(const engine::Endpoint& docker, const sdk::Call& call);
  /// For a rootless Podman: whose files the service shares.
  std::string user_namespace(CreateRequest& request, const Evaluation& e, sdk::Call& call);
  /// Runs the services' health checks until `own` is ended: Podman leaves that to systemd.
  void check_health(const std::string& project, const sdk::Call& call);
  Tool tool(const sdk::Call& call);

  std::vector<InstanceInfo> members(const std::string& project, sdk::Call& call);
  std::string primary(const Group& group, const std::string& project, sdk::Call& call);
  /// The services that go with the primary one; empty: the whole project.
  std::vector<std::string> own_services(const Group& group, const std::string& project,
                                        sdk::Call& call);
  /// Compose's words for what is there already: v1 needs the files that it was made from.
  std::vector<std::string> words_for_existing(const InstanceInfo& instance, sdk::Call& call);
  void bring_up(const std::string& project, const std::vector<std::string>& argv,
                const std::string& folder, sdk::Call& call);

  Settings settings_;
  std::unique_ptr<engine::PodmanService> podman_;  ///< where it may be the engine
  std::atomic<bool> on_docker_ = false;            ///< a connection has been made to it
  std::atomic<bool> on_podman_ = false;
  std::mutex mutex_;  ///< of known_ and tool_
  std::map<std::string, Known> known_;
  std::optional<Tool> tool_;
};

}  // namespace fairlead::compose
