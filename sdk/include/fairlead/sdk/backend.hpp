#pragma once

#include <fairlead/model.hpp>
#include <fairlead/model/checks.hpp>
#include <fairlead/model/objects.hpp>
#include <fairlead/model/resolve.hpp>
#include <fairlead/sdk/call.hpp>

namespace fairlead::sdk {

/// A runtime. Override what your engine can do; the rest answers UNSUPPORTED by itself.
///
/// One object per (host, settings, caller's environment). Calls may overlap and come from any
/// thread, each on a thread of its own that it may block. Every method throws fairlead::Error to
/// fail; end promptly (5 s) once `call.cancel_fd()` is readable. Operations are idempotent where
/// the words allow it: stopping what is stopped and removing what is gone succeed.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Before anything else; throws to refuse the settings.
  virtual void configure(const ConfigureRequest& request);

  /// Is the engine there, and what can it do? Throws unavailable ("engine.unreachable",
  /// "engine.permission") when it is not.
  virtual ProbeReply probe(const ProbeRequest& request, Call& call) = 0;

  /// Reads the files of a group. Needed for capability service_groups, as is taking the `group` of
  /// other requests. Throws invalid ("group.files") with the place, not_found ("group.service").
  virtual ResolveGroupReply resolve(const ResolveGroupRequest& request, Call& call);

  /// Throws not_found ("image.not_found") when the image is not there.
  virtual ImageInfo inspect_image(const InspectImageRequest& request, Call& call);
  /// Emits progress. Throws not_found ("image.pull").
  virtual Empty pull_image(const PullImageRequest& request, Call& call);
  /// Emits output. Throws failed ("image.build") when a step of the build fails.
  virtual BuildImageReply build_image(const BuildImageRequest& request, Call& call);

  /// Throws conflict ("instance.name_taken") when the name exists: adopt that one. Throws not_found
  /// ("image.not_found").
  virtual CreateReply create(const CreateRequest& request, Call& call);
  /// Throws failed ("instance.port_in_use") when a published port is taken.
  virtual StartReply start(const StartRequest& request, Call& call);
  virtual Empty stop(const StopRequest& request, Call& call);
  virtual Empty remove(const RemoveRequest& request, Call& call);
  /// Throws not_found ("instance.not_found").
  virtual InstanceInfo inspect(const InspectRequest& request, Call& call);
  virtual ListReply list(const ListRequest& request, Call& call);

  /// Emits `started` first. A command's exit status is a reply, not a failure: 126 and 127 too.
  virtual ExecReply exec(const ExecRequest& request, Call& call);
  virtual Empty exec_control(const ExecControlRequest& request, Call& call);
  virtual Empty logs(const LogsRequest& request, Call& call);
  virtual Empty copy_in(const CopyInRequest& request, Call& call);
  virtual Empty copy_out(const CopyOutRequest& request, Call& call);
  /// Attaches one connected stream socket to the reply.
  virtual DialReply dial(const DialRequest& request, Call& call);
  /// Emits `instance` until cancelled.
  virtual Empty watch(const WatchRequest& request, Call& call);

  /// Images or named volumes.
  virtual ObjectsReply objects(const ObjectsRequest& request, Call& call);
  /// Removing what is gone succeeds. Throws conflict ("object.in_use") when an instance needs it.
  virtual Empty remove_object(const RemoveObjectRequest& request, Call& call);
  /// Throws not_found ("image.not_found") when the image is not stored.
  virtual RegistryDigestReply registry_digest(const RegistryDigestRequest& request, Call& call);
  /// Everything of the engine's own that may keep environments from working.
  virtual ChecksReply checks(const ChecksRequest& request, Call& call);
  /// Keeps an instance's filesystem as an image; since ABI 1.2. Throws not_found
  /// ("instance.not_found").
  virtual CommitReply commit(const CommitRequest& request, Call& call);
};

}  // namespace fairlead::sdk
