#pragma once

#include <fairlead/backend.hpp>

#include <memory>
#include <string>
#include <utility>

namespace fairlead {

/// A backend that passes every operation on to another one: the base of those that change some.
class PassingBackend : public Backend {
 public:
  explicit PassingBackend(std::shared_ptr<Backend> inner) : inner_(std::move(inner)) {}

  const std::string& name() const override { return inner_->name(); }
  ProbeReply probe(const ProbeRequest& request, CallOptions options) override {
    return inner_->probe(request, std::move(options));
  }
  ResolveGroupReply resolve(const ResolveGroupRequest& request, CallOptions options) override {
    return inner_->resolve(request, std::move(options));
  }
  ImageInfo inspect_image(const InspectImageRequest& request, CallOptions options) override {
    return inner_->inspect_image(request, std::move(options));
  }
  void pull_image(const PullImageRequest& request, CallOptions options) override {
    inner_->pull_image(request, std::move(options));
  }
  BuildImageReply build_image(const BuildImageRequest& request, CallOptions options) override {
    return inner_->build_image(request, std::move(options));
  }
  CreateReply create(const CreateRequest& request, CallOptions options) override {
    return inner_->create(request, std::move(options));
  }
  StartReply start(const StartRequest& request, CallOptions options) override {
    return inner_->start(request, std::move(options));
  }
  void stop(const StopRequest& request, CallOptions options) override {
    inner_->stop(request, std::move(options));
  }
  void remove(const RemoveRequest& request, CallOptions options) override {
    inner_->remove(request, std::move(options));
  }
  InstanceInfo inspect(const InspectRequest& request, CallOptions options) override {
    return inner_->inspect(request, std::move(options));
  }
  ListReply list(const ListRequest& request, CallOptions options) override {
    return inner_->list(request, std::move(options));
  }
  void logs(const LogsRequest& request, CallOptions options) override {
    inner_->logs(request, std::move(options));
  }
  void copy_in(const CopyInRequest& request, CallOptions options) override {
    inner_->copy_in(request, std::move(options));
  }
  void copy_out(const CopyOutRequest& request, CallOptions options) override {
    inner_->copy_out(request, std::move(options));
  }
  UniqueFd dial(const DialRequest& request, CallOptions options) override {
    return inner_->dial(request, std::move(options));
  }
  void watch(const WatchRequest& request, CallOptions options) override {
    inner_->watch(request, std::move(options));
  }
  ObjectsReply objects(const ObjectsRequest& request, CallOptions options) override {
    return inner_->objects(request, std::move(options));
  }
  void remove_object(const RemoveObjectRequest& request, CallOptions options) override {
    inner_->remove_object(request, std::move(options));
  }
  RegistryDigestReply registry_digest(const RegistryDigestRequest& request,
                                      CallOptions options) override {
    return inner_->registry_digest(request, std::move(options));
  }
  ChecksReply checks(const ChecksRequest& request, CallOptions options) override {
    return inner_->checks(request, std::move(options));
  }
  CommitReply commit(const CommitRequest& request, CallOptions options) override {
    return inner_->commit(request, std::move(options));
  }
  ExecReply exec(const ExecRequest& request, CallOptions options) override {
    return inner_->exec(request, std::move(options));
  }
  void exec_control(const ExecControlRequest& request, CallOptions options) override {
    inner_->exec_control(request, std::move(options));
  }

 private:
  const std::shared_ptr<Backend> inner_;
};

}  // namespace fairlead
