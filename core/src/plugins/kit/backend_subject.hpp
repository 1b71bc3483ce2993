#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/conformance/suite.hpp>

#include <utility>

namespace fairlead::kit {

/// A backend of the core as the conformance suite wants it.
class BackendSubject : public conformance::Subject {
 public:
  explicit BackendSubject(Backend& backend) : backend_(backend) {}

  Capabilities capabilities() override { return backend_.probe({}, {}).capabilities; }
  std::string create(const CreateRequest& request) override {
    return backend_.create(request, {}).id;
  }
  std::string start(const std::string& id) override { return backend_.start({id}, {}).id; }
  void stop(const std::string& id) override { backend_.stop({id}, {}); }
  void remove(const std::string& id) override {
    backend_.remove({.id = id, .force = true, .volumes = true}, {});
  }
  InstanceInfo inspect(const std::string& id) override { return backend_.inspect({id}, {}); }
  std::vector<InstanceInfo> list(const std::vector<std::string>& labels) override {
    return backend_.list({.labels = labels}, {}).instances;
  }
  int exec(ExecRequest request, conformance::Run run) override {
    auto options = options_of(run);
    if (run.in) request.in = options.pass(std::move(run.in));
    if (run.out) request.out = options.pass(std::move(run.out));
    if (run.err) request.err = options.pass(std::move(run.err));
    return backend_.exec(request, std::move(options)).exit_code;
  }
  void exec_control(const ExecControlRequest& request) override {
    backend_.exec_control(request, {});
  }
  void logs(LogsRequest request, conformance::Run run) override {
    auto options = options_of(run);
    if (run.out) request.out = options.pass(std::move(run.out));
    backend_.logs(request, std::move(options));
  }
  void copy_in(CopyInRequest request, UniqueFd archive) override {
    CallOptions options;
    request.archive = options.pass(std::move(archive));
    backend_.copy_in(request, std::move(options));
  }
  void copy_out(CopyOutRequest request, UniqueFd archive) override {
    CallOptions options;
    request.archive = options.pass(std::move(archive));
    backend_.copy_out(request, std::move(options));
  }
  UniqueFd dial(const DialRequest& request) override { return backend_.dial(request, {}); }
  void watch(const WatchRequest& request, conformance::Run run) override {
    backend_.watch(request, options_of(run));
  }

 private:
  static CallOptions options_of(conformance::Run& run) {
    return {.stop = run.stop, .on_event = run.on_event};
  }
  Backend& backend_;
};

}  // namespace fairlead::kit
