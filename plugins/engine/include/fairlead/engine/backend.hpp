#pragma once

#include <fairlead/engine/client.hpp>
#include <fairlead/sdk/backend.hpp>
#include <fairlead/sdk/core.hpp>
#include <fairlead/unique_fd.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace fairlead::engine {

/// How a backend reaches its engine.
struct EngineSettings {
  std::string host;                    ///< the engine's address; empty: as the client finds it
  std::string docker_path = "docker";  ///< the client that builds with BuildKit
};

/// The capabilities of every such engine; live_binds is left to who knows where it is.
Capabilities what_engines_can();

class Loopback;

/// An engine with Docker's API as a backend: the API for everything but BuildKit builds, which the
/// client does. Plugins derive from it and override what is theirs. One source file per subject:
/// backend (set-up), images, instances, exec, streams, objects. Threads and errors as the SDK's
/// Backend says.
class EngineBackend : public sdk::Backend {
 public:
  explicit EngineBackend(sdk::Core core) : core_(core) {}

  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override;

  ImageInfo inspect_image(const InspectImageRequest& request, sdk::Call& call) override;
  Empty pull_image(const PullImageRequest& request, sdk::Call& call) override;
  BuildImageReply build_image(const BuildImageRequest& request, sdk::Call& call) override;

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
  Empty watch(const WatchRequest& request, sdk::Call& call) override;

  ObjectsReply objects(const ObjectsRequest& request, sdk::Call& call) override;
  Empty remove_object(const RemoveObjectRequest& request, sdk::Call& call) override;
  RegistryDigestReply registry_digest(const RegistryDigestRequest& request,
                                      sdk::Call& call) override;
  ChecksReply checks(const ChecksRequest& request, sdk::Call& call) override;
  CommitReply commit(const CommitRequest& request, sdk::Call& call) override;

 protected:
  /// To be called by `configure`, before anything else.
  void connect(const ConfigureRequest& request, EngineSettings settings);
  /// The same where the plugin itself knows the way; `dial` may throw "engine.…" in its own words.
  void connect(const ConfigureRequest& request, EngineSettings settings, Endpoint endpoint,
               Client::Dial dial);
  const ConfigureRequest& configuration() const { return configuration_; }
  const EngineSettings& engine_settings() const { return settings_; }
  const sdk::Core& core() const { return core_; }
  /// The caller's variables with what the client needs to reach the same engine as we do.
  Environment client_environment() const;

  /// By the engine's own builder, over the API.
  BuildImageReply build_classic(const BuildImageRequest& request, const sdk::Call& call,
                                const std::string& credentials);
  bool is_local(const sdk::Call& call);
  /// Containers' own addresses can be connected to from where we are.
  virtual bool reaches_containers(const sdk::Call& call);
  Client& client();
  /// What Builder::automatic stands for: "buildx", "buildkit", or "classic": build_classic.
  virtual std::string choose_builder(const sdk::Call& call);

 private:
  UniqueFd dial_own_address(const DialRequest& request, const sdk::Call& call);
  UniqueFd dial_loopback(const DialRequest& request, const sdk::Call& call);
  BuildImageReply build_with_client(const BuildImageRequest& request, const sdk::Call& call,
                                    const std::string& builder);
  std::string image_id(const std::string& tag, const sdk::Call& call);

  sdk::Core core_;
  EngineSettings settings_;
  ConfigureRequest configuration_;
  std::unique_ptr<Client> client_;
  std::atomic<bool> processes_elsewhere_ = false;  ///< seen: a container's are not in our /proc
  std::mutex mutex_;                               ///< of builder_ and loopback_
  std::shared_ptr<Loopback> loopback_;             ///< empty: nobody has needed it
  std::string builder_;  ///< what choose_builder found; empty: not asked yet
};

}  // namespace fairlead::engine
