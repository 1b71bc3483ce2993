#pragma once

#include "cache.hpp"
#include "engine_choice.hpp"
#include "settings.hpp"

#include <fairlead/engine/backend.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::compose {

/// It has ended badly, or its health check says so.
bool is_sick(const InstanceInfo& instance);

/// Compose as a backend: what is about a project goes to Compose's command line, what is about one
/// container to the engine's API. Files: compose (set-up), resolve (what the user's files say),
/// group (building, starting, stopping, removing), health, on_podman (what is different there),
/// one_by_one (podman-compose).
class ComposeBackend final : public engine::EngineBackend {
 public:
  using EngineBackend::EngineBackend;

  void configure(const ConfigureRequest& request) override;
  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override;
  ChecksReply checks(const ChecksRequest& request, sdk::Call& call) override;

  ResolveGroupReply resolve(const ResolveGroupRequest& request, sdk::Call& call) override;
  /// Remembers what it pulled: `create` tells Compose not to do it again.
  Empty pull_image(const PullImageRequest& request, sdk::Call& call) override;
  BuildImageReply build_image(const BuildImageRequest& request, sdk::Call& call) override;
  ListReply list(const ListRequest& request, sdk::Call& call) override;
  InstanceInfo inspect(const InspectRequest& request, sdk::Call& call) override;
  CreateReply create(const CreateRequest& request, sdk::Call& call) override;
  StartReply start(const StartRequest& request, sdk::Call& call) override;
  Empty stop(const StopRequest& request, sdk::Call& call) override;
  Empty remove(const RemoveRequest& request, sdk::Call& call) override;

 protected:
  bool reaches_containers(const sdk::Call& call) override;

 private:
  using Known = std::shared_ptr<const Evaluation>;
  /// A connection to Docker with a question on it, which is to be answered by `end`.
  struct Asked {
    UniqueFd fd;
    std::chrono::steady_clock::time_point end;
  };

  /// Compose's word on the group, asked at most once per instance of this class.
  Known evaluation(const Group& group, const sdk::Call& call);
  Known evaluate(const Group& group, const sdk::Call& call);
  Runner runner(const std::string& folder) const;
  /// Its commands reach the engine, too.
  Runner engine_runner(const std::string& folder, sdk::Call& call);
  /// Compose is another program: it would make connections of its own to a socket elsewhere, and
  /// its files are here. Throws "engine.endpoint".
  void require_engine_here();
  /// Services whose images were pulled just now, and which Compose would pull all the same.
  std::vector<std::string> pulled_services(const Evaluation& e);
  UniqueFd reach(const engine::Endpoint& docker, const sdk::Call& call);
  UniqueFd reach_podman(const engine::Endpoint& docker, const Error& why, const sdk::Call& call);
  UniqueFd dial_docker(const engine::Endpoint& docker, const sdk::Call& call);
  /// A connection alone says only that somebody has once listened there. One that is closed already
  /// ends what is read from it, too.
  Asked ask(const engine::Endpoint& docker, const sdk::Call& call);
  /// Docker was asked on it and has not answered yet; empty: it was not.
  Asked take_asked();
  /// What Podman has of it; nothing also where it does not answer before `docker` does, or before
  /// that one's time is over.
  std::vector<InstanceInfo> podmans(const ListRequest& request, const Asked& docker,
                                    const sdk::Call& call);
  /// The same, and Podman is the engine from now on; nothing where Docker answers in a moment or
  /// cannot be asked, or where it may have what Podman has not.
  std::vector<InstanceInfo> found_while_docker_is_silent(const ListRequest& request,
                                                         const sdk::Call& call);
  void warn_of_silence(sdk::Call& call);
  /// Throws "environment.unanswered".
  void require_all_asked() const;
  /// For a rootless Podman: whose files the service shares.
  std::string user_namespace(CreateRequest& request, const Evaluation& e, sdk::Call& call);
  /// Because the only Compose here is Podman's. Throws "compose.missing" where Docker is taken.
  void take_podman();
  Tool tool(const sdk::Call& call);
  /// The same, with the engine that it works with.
  Tool suitable_tool(const Runner& runner, const sdk::Call& call);

  /// The engine runs health checks itself, or systemd does it for Podman.
  bool services_run_themselves(const sdk::Call& call);
  /// Runs the services' health checks until `own` is ended: Podman leaves that to systemd.
  void check_health(const std::string& project, const sdk::Call& own);
  /// "healthy", "unhealthy", "starting"; empty: it has no check.
  std::string health_of(const std::string& id, const sdk::Call& call);
  /// The service of `awaited` that has been on its way to being healthy for too long; until `own`
  /// is ended.
  std::string wait_until_stuck(const std::string& project, const std::set<std::string>& awaited,
                               const sdk::Call& own);
  std::string last_words(const std::string& id, const sdk::Call& call);
  /// What is wrong with whom: `why` in Compose's words, then the containers' own.
  Error not_started(const std::string& project, const std::string& why, const std::string& stuck,
                    sdk::Call& call);

  std::vector<InstanceInfo> members(const std::string& project, sdk::Call& call);
  std::vector<InstanceInfo> running_members(const std::string& project, const sdk::Call& call);
  std::vector<std::string> networks_of(const std::string& project, sdk::Call& call);
  /// Warns when others still use it; false: nobody does.
  bool name_network_in_use(const std::string& network, sdk::Call& call);
  /// The same for all of a project; false: there is none.
  bool name_networks_in_use(const std::string& project, sdk::Call& call);
  std::string primary(const Group& group, const std::string& project, sdk::Call& call);
  /// The services that go with the primary one; empty: the whole project.
  std::vector<std::string> own_services(const Group& group, const std::string& project,
                                        sdk::Call& call);
  /// Compose's words for what is there already: v1 needs the files that it was made from.
  std::vector<std::string> words_for_existing(const InstanceInfo& instance, sdk::Call& call);
  void bring_up(const std::string& project, const std::vector<std::string>& argv,
                const std::string& folder, const Evaluation& e, sdk::Call& call);

  /// podman-compose starts what it is told without waiting for anything, and does not say what
  /// failed: so it makes one service after the other. `file` is the document; `userns` for the
  /// primary service.
  void bring_up_one_by_one(const Group& group, const Evaluation& e, const std::string& file,
                           const std::string& userns, sdk::Call& call);
  void make_service(const Group& group, const Evaluation& e, const std::vector<std::string>& argv,
                    const std::string& service, sdk::Call& call);
  void wait_for_service(const std::string& project, const std::string& service,
                        const std::string& condition, sdk::Call& call);
  void build_one_by_one(const Evaluation& e, const std::vector<std::string>& services,
                        const BuildImageRequest& request, sdk::Call& call);
  std::string document_for(const CreateRequest& request, const Evaluation& e,
                           const std::string& userns, sdk::Call& call);
  /// The same without a command: for a project that podman-compose has made.
  void stop_one_by_one(const StopRequest& request, const InstanceInfo& instance, sdk::Call& call);
  void remove_one_by_one(const RemoveRequest& request, const InstanceInfo& instance,
                         sdk::Call& call);

  Settings settings_;
  std::unique_ptr<engine::PodmanService> podman_;  ///< where it may be the engine
  EngineChoice choice_;
  std::mutex asked_mutex_;
  Asked asked_;
  std::atomic<bool> warned_ = false;  ///< of the silence
  std::mutex mutex_;                  ///< of known_, tool_ and pulled_
  std::map<std::string, Known> known_;
  std::optional<Tool> tool_;
  std::set<std::string> pulled_;  ///< images
};

}  // namespace fairlead::compose
