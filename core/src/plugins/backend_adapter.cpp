#include "plugins/adapters.hpp"

#include <utility>

namespace fairlead {

namespace {

class BackendAdapter final : public Backend {
 public:
  BackendAdapter(std::shared_ptr<PluginInstance> instance, std::string name)
      : table_(std::move(instance), FAIRLEAD_BACKEND_V1, std::move(name)) {}

  const std::string& name() const override { return table_.name(); }

  ProbeReply probe(const ProbeRequest& request, CallOptions options) override {
    return table_.call<ProbeReply>({"probe", "be asked what it can do"}, &fairlead_backend::probe,
                                   request, std::move(options));
  }
  ResolveGroupReply resolve(const ResolveGroupRequest& request, CallOptions options) override {
    return table_.call<ResolveGroupReply>({"resolve", "run groups of services"},
                                          &fairlead_backend::resolve, request, std::move(options));
  }
  ImageInfo inspect_image(const InspectImageRequest& request, CallOptions options) override {
    return table_.call<ImageInfo>({"inspect_image", "inspect images"},
                                  &fairlead_backend::inspect_image, request, std::move(options));
  }
  void pull_image(const PullImageRequest& request, CallOptions options) override {
    table_.call<Empty>({"pull_image", "pull images"}, &fairlead_backend::pull_image, request,
                       std::move(options));
  }
  BuildImageReply build_image(const BuildImageRequest& request, CallOptions options) override {
    return table_.call<BuildImageReply>({"build_image", "build images"},
                                        &fairlead_backend::build_image, request,
                                        std::move(options));
  }
  CreateReply create(const CreateRequest& request, CallOptions options) override {
    return table_.call<CreateReply>({"create", "create instances"}, &fairlead_backend::create,
                                    request, std::move(options));
  }
  StartReply start(const StartRequest& request, CallOptions options) override {
    return table_.call<StartReply>({"start", "start instances"}, &fairlead_backend::start, request,
                                   std::move(options));
  }
  void stop(const StopRequest& request, CallOptions options) override {
    table_.call<Empty>({"stop", "stop instances"}, &fairlead_backend::stop, request,
                       std::move(options));
  }
  void remove(const RemoveRequest& request, CallOptions options) override {
    table_.call<Empty>({"remove", "remove instances"}, &fairlead_backend::remove, request,
                       std::move(options));
  }
  InstanceInfo inspect(const InspectRequest& request, CallOptions options) override {
    return table_.call<InstanceInfo>({"inspect", "inspect instances"}, &fairlead_backend::inspect,
                                     request, std::move(options));
  }
  ListReply list(const ListRequest& request, CallOptions options) override {
    return table_.call<ListReply>({"list", "list instances"}, &fairlead_backend::list, request,
                                  std::move(options));
  }
  ExecReply exec(const ExecRequest& request, CallOptions options) override {
    return table_.call<ExecReply>({"exec", "run commands in an instance"}, &fairlead_backend::exec,
                                  request, std::move(options));
  }
  void exec_control(const ExecControlRequest& request, CallOptions options) override {
    table_.call<Empty>({"exec_control", "control running commands"},
                       &fairlead_backend::exec_control, request, std::move(options));
  }
  void logs(const LogsRequest& request, CallOptions options) override {
    table_.call<Empty>({"logs", "show logs"}, &fairlead_backend::logs, request, std::move(options));
  }
  void copy_in(const CopyInRequest& request, CallOptions options) override {
    table_.call<Empty>({"copy_in", "copy files into an instance"}, &fairlead_backend::copy_in,
                       request, std::move(options));
  }
  void copy_out(const CopyOutRequest& request, CallOptions options) override {
    table_.call<Empty>({"copy_out", "copy files out of an instance"}, &fairlead_backend::copy_out,
                       request, std::move(options));
  }
  UniqueFd dial(const DialRequest& request, CallOptions options) override {
    return stream_of(table_.raw({"dial", "connect to ports of an instance"},
                                &fairlead_backend::dial, encode(request), std::move(options)),
                     name());
  }
  void watch(const WatchRequest& request, CallOptions options) override {
    table_.call<Empty>({"watch", "report events"}, &fairlead_backend::watch, request,
                       std::move(options));
  }
  ObjectsReply objects(const ObjectsRequest& request, CallOptions options) override {
    return table_.call<ObjectsReply>({"objects", "list images and volumes"},
                                     &fairlead_backend::objects, request, std::move(options));
  }
  void remove_object(const RemoveObjectRequest& request, CallOptions options) override {
    table_.call<Empty>({"remove_object", "remove images and volumes"},
                       &fairlead_backend::remove_object, request, std::move(options));
  }
  RegistryDigestReply registry_digest(const RegistryDigestRequest& request,
                                      CallOptions options) override {
    return table_.call<RegistryDigestReply>({"registry_digest", "ask registries"},
                                            &fairlead_backend::registry_digest, request,
                                            std::move(options));
  }
  ChecksReply checks(const ChecksRequest& request, CallOptions options) override {
    return table_.call<ChecksReply>({"checks", "check its engine"}, &fairlead_backend::checks,
                                    request, std::move(options));
  }
  CommitReply commit(const CommitRequest& request, CallOptions options) override {
    return table_.call<CommitReply>({"commit", "keep an instance as an image"},
                                    &fairlead_backend::commit, request, std::move(options));
  }

 private:
  TableAdapter<fairlead_backend> table_;
};

}  // namespace

std::unique_ptr<Backend> adapt_backend(std::shared_ptr<PluginInstance> instance, std::string name) {
  return std::make_unique<BackendAdapter>(std::move(instance), std::move(name));
}

}  // namespace fairlead
