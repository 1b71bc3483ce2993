#pragma once

#include <fairlead/error.hpp>
#include <fairlead/model.hpp>
#include <fairlead/model/checks.hpp>
#include <fairlead/model/objects.hpp>
#include <fairlead/model/resolve.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// How one call into a backend, host or extension runs.
struct CallOptions {
  std::stop_token stop;  ///< requested: the call is cancelled and fails with Status::cancelled
  std::chrono::milliseconds timeout{0};  ///< 0: none; over: cancelled, fails with Status::timeout
  std::function<void(const Event&)> on_event;  ///< called on the call's own threads
  std::vector<UniqueFd> fds;  ///< what the request's FdRefs index; owned by the call from now on

  /// Adds a descriptor and says its index.
  FdRef pass(UniqueFd fd);
};

/// A runtime as the engine sees it: a plugin's table behind it, or a fake in a test.
///
/// Blocking; thread-safe, calls may overlap. Throws Error with the status and code of the failure;
/// operations that the backend does not have throw Status::unsupported before any work.
class Backend {
 public:
  virtual ~Backend() = default;

  /// The name that the user chose it by.
  virtual const std::string& name() const = 0;
  virtual ProbeReply probe(const ProbeRequest& request, CallOptions options) = 0;
  virtual ResolveGroupReply resolve(const ResolveGroupRequest& request, CallOptions options) = 0;
  virtual ImageInfo inspect_image(const InspectImageRequest& request, CallOptions options) = 0;
  virtual void pull_image(const PullImageRequest& request, CallOptions options) = 0;
  virtual BuildImageReply build_image(const BuildImageRequest& request, CallOptions options) = 0;
  virtual CreateReply create(const CreateRequest& request, CallOptions options) = 0;
  virtual StartReply start(const StartRequest& request, CallOptions options) = 0;
  virtual void stop(const StopRequest& request, CallOptions options) = 0;
  virtual void remove(const RemoveRequest& request, CallOptions options) = 0;
  virtual InstanceInfo inspect(const InspectRequest& request, CallOptions options) = 0;
  virtual ListReply list(const ListRequest& request, CallOptions options) = 0;
  virtual ExecReply exec(const ExecRequest& request, CallOptions options) = 0;
  virtual void exec_control(const ExecControlRequest& request, CallOptions options) = 0;
  virtual void logs(const LogsRequest& request, CallOptions options) = 0;
  virtual void copy_in(const CopyInRequest& request, CallOptions options) = 0;
  virtual void copy_out(const CopyOutRequest& request, CallOptions options) = 0;
  virtual UniqueFd dial(const DialRequest& request, CallOptions options) = 0;
  virtual void watch(const WatchRequest& request, CallOptions options) = 0;
  virtual ObjectsReply objects(const ObjectsRequest& request, CallOptions options) = 0;
  virtual void remove_object(const RemoveObjectRequest& request, CallOptions options) = 0;
  virtual RegistryDigestReply registry_digest(const RegistryDigestRequest& request,
                                              CallOptions options) = 0;
  virtual ChecksReply checks(const ChecksRequest& request, CallOptions options) = 0;
  virtual CommitReply commit(const CommitRequest& request, CallOptions options) = 0;
};

/// A machine as the engine sees it. Same rules as Backend.
class Host {
 public:
  virtual ~Host() = default;

  virtual void open(const HostOpenRequest& request, CallOptions options) = 0;
  virtual HostDescription describe(CallOptions options) = 0;
  virtual SpawnReply spawn(const SpawnRequest& request, CallOptions options) = 0;
  virtual void spawn_control(const SpawnControlRequest& request, CallOptions options) = 0;
  virtual UniqueFd dial(const HostDialRequest& request, CallOptions options) = 0;
  virtual void close(CallOptions options) = 0;
};

/// Resolves features and turns them into a build: the built-in one or a plugin's.
class FeatureInstaller {
 public:
  virtual ~FeatureInstaller() = default;
  virtual FeaturesPlanReply plan(const FeaturesPlanRequest& request, CallOptions options) = 0;
  virtual FeaturesInstallReply install(const FeaturesInstallRequest& request,
                                       CallOptions options) = 0;
};

/// Finds and forwards ports of an instance: the built-in one or a plugin's.
class PortForwarder {
 public:
  virtual ~PortForwarder() = default;
  virtual void detect(const PortsDetectRequest& request, CallOptions options) = 0;
  virtual void forward(const PortsForwardRequest& request, CallOptions options) = 0;
};

}  // namespace fairlead
