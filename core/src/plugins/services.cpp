#include "plugins/services.hpp"

#include <utility>

namespace fairlead {

namespace {

// The options of a call of ours on behalf of a plugin's: cancelled with it, events go to it.
class Passed {
 public:
  Passed(CancelWatch& watch, sdk::Call& call) : call_(call), watched_(watch, call.cancel_fd()) {
    options_.stop = watched_.token();
    options_.on_event = [&call](const Event& event) { call.emit(event); };
  }

  void move_fd(FdRef& ref) { ref = options_.pass(call_.take(ref)); }
  CallOptions options() { return std::move(options_); }

 private:
  sdk::Call& call_;
  CancelWatch::Watched watched_;
  CallOptions options_;
};

class PassedHost final : public sdk::Host {
 public:
  PassedHost(std::shared_ptr<fairlead::Host> host, CancelWatch& watch)
      : host_(std::move(host)), watch_(watch) {}

  // Opening and closing is the core's: several plugins share the host.
  HostDescription describe(const Empty& /*request*/, sdk::Call& call) override {
    return host_->describe(Passed(watch_, call).options());
  }

  SpawnReply spawn(const SpawnRequest& given, sdk::Call& call) override {
    Passed passed(watch_, call);
    auto request = given;
    passed.move_fd(request.in);
    passed.move_fd(request.out);
    passed.move_fd(request.err);
    return host_->spawn(request, passed.options());
  }

  Empty spawn_control(const SpawnControlRequest& request, sdk::Call& call) override {
    Passed passed(watch_, call);
    host_->spawn_control(request, passed.options());
    return {};
  }

  DialReply dial(const HostDialRequest& request, sdk::Call& call) override {
    Passed passed(watch_, call);
    return {call.attach(host_->dial(request, passed.options()))};
  }

 private:
  std::shared_ptr<fairlead::Host> host_;
  CancelWatch& watch_;
};

class PassedBackend final : public sdk::Backend {
 private:
  // `fds` are members of `request`.
  template <class Reply, class Request, class... Fds>
  auto pass(Reply (fairlead::Backend::*method)(const Request&, CallOptions), const Request& request,
            sdk::Call& call, Fds&... fds) {
    Passed passed(watch_, call);
    (passed.move_fd(fds), ...);
    if constexpr (std::is_void_v<Reply>) {
      (backend_.get()->*method)(request, passed.options());
      return Empty{};
    } else {
      return (backend_.get()->*method)(request, passed.options());
    }
  }

 public:
  PassedBackend(std::shared_ptr<fairlead::Backend> backend, CancelWatch& watch)
      : backend_(std::move(backend)), watch_(watch) {}

  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::probe, request, call);
  }
  ImageInfo inspect_image(const InspectImageRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::inspect_image, request, call);
  }
  Empty pull_image(const PullImageRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::pull_image, request, call, request.credentials);
  }
  BuildImageReply build_image(const BuildImageRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::build_image, request, call, request.credentials);
  }
  CreateReply create(const CreateRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::create, request, call);
  }
  StartReply start(const StartRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::start, request, call);
  }
  Empty stop(const StopRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::stop, request, call);
  }
  Empty remove(const RemoveRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::remove, request, call);
  }
  InstanceInfo inspect(const InspectRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::inspect, request, call);
  }
  ListReply list(const ListRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::list, request, call);
  }
  ExecReply exec(const ExecRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::exec, request, call, request.in, request.out, request.err);
  }
  Empty exec_control(const ExecControlRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::exec_control, request, call);
  }
  Empty logs(const LogsRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::logs, request, call, request.out, request.err);
  }
  Empty copy_in(const CopyInRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::copy_in, request, call, request.archive);
  }
  Empty copy_out(const CopyOutRequest& given, sdk::Call& call) override {
    auto request = given;
    return pass(&fairlead::Backend::copy_out, request, call, request.archive);
  }
  DialReply dial(const DialRequest& request, sdk::Call& call) override {
    Passed passed(watch_, call);
    return {call.attach(backend_->dial(request, passed.options()))};
  }
  Empty watch(const WatchRequest& request, sdk::Call& call) override {
    return pass(&fairlead::Backend::watch, request, call);
  }

 private:
  std::shared_ptr<fairlead::Backend> backend_;
  CancelWatch& watch_;
};

}  // namespace

Services::Services(std::shared_ptr<Host> host, std::shared_ptr<Backend> backend) {
  if (host) host_.host = std::make_unique<PassedHost>(std::move(host), watch_);
  if (backend) backend_.backend = std::make_unique<PassedBackend>(std::move(backend), watch_);
}

fairlead_service Services::find(std::string_view id) {
  if (id == FAIRLEAD_HOST_V1 && host_.host) return {&host_, &sdk::detail::host_table};
  if (id == FAIRLEAD_BACKEND_V1 && backend_.backend) {
    return {&backend_, &sdk::detail::backend_table};
  }
  return {nullptr, nullptr};
}

}  // namespace fairlead
