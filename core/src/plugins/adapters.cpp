#include "plugins/adapters.hpp"

#include <utility>

namespace fairlead {

namespace {

class HostAdapter final : public Host {
 public:
  HostAdapter(std::shared_ptr<PluginInstance> instance, std::string name)
      : table_(std::move(instance), FAIRLEAD_HOST_V1, std::move(name)) {}

  void open(const HostOpenRequest& request, CallOptions options) override {
    table_.call<Empty>({"open", "be connected to"}, &fairlead_host::open, request,
                       std::move(options));
  }
  HostDescription describe(CallOptions options) override {
    return table_.call<HostDescription>({"describe", "be described"}, &fairlead_host::describe,
                                        Empty{}, std::move(options));
  }
  SpawnReply spawn(const SpawnRequest& request, CallOptions options) override {
    return table_.call<SpawnReply>({"spawn", "run commands"}, &fairlead_host::spawn, request,
                                   std::move(options));
  }
  void spawn_control(const SpawnControlRequest& request, CallOptions options) override {
    table_.call<Empty>({"spawn_control", "control running commands"}, &fairlead_host::spawn_control,
                       request, std::move(options));
  }
  UniqueFd dial(const HostDialRequest& request, CallOptions options) override {
    return stream_of(table_.raw({"dial", "open connections"}, &fairlead_host::dial, encode(request),
                                std::move(options)),
                     table_.name());
  }
  void close(CallOptions options) override {
    table_.call<Empty>({"close", "be closed"}, &fairlead_host::close, Empty{}, std::move(options));
  }

 private:
  TableAdapter<fairlead_host> table_;
};

class FeaturesAdapter final : public FeatureInstaller {
 public:
  FeaturesAdapter(std::shared_ptr<PluginInstance> instance, std::string name)
      : table_(std::move(instance), FAIRLEAD_FEATURES_V1, std::move(name)) {}

  FeaturesPlanReply plan(const FeaturesPlanRequest& request, CallOptions options) override {
    return table_.call<FeaturesPlanReply>({"plan", "plan features"}, &fairlead_features::plan,
                                          request, std::move(options));
  }
  FeaturesInstallReply install(const FeaturesInstallRequest& request,
                               CallOptions options) override {
    return table_.call<FeaturesInstallReply>(
        {"install", "install features"}, &fairlead_features::install, request, std::move(options));
  }

 private:
  TableAdapter<fairlead_features> table_;
};

class PortsAdapter final : public PortForwarder {
 public:
  PortsAdapter(std::shared_ptr<PluginInstance> instance, std::string name)
      : table_(std::move(instance), FAIRLEAD_PORTS_V1, std::move(name)) {}

  void detect(const PortsDetectRequest& request, CallOptions options) override {
    table_.call<Empty>({"detect", "detect ports"}, &fairlead_ports::detect, request,
                       std::move(options));
  }
  void forward(const PortsForwardRequest& request, CallOptions options) override {
    table_.call<Empty>({"forward", "forward ports"}, &fairlead_ports::forward, request,
                       std::move(options));
  }

 private:
  TableAdapter<fairlead_ports> table_;
};

}  // namespace

UniqueFd stream_of(CallReply reply, const std::string& name) {
  const auto stream = decode<DialReply>(reply.body).stream;
  if (!stream || static_cast<std::size_t>(stream.fd) >= reply.fds.size()) {
    throw Error(Status::internal, "plugin.reply",
                name + " says that it connected but gives no connection");
  }
  return std::move(reply.fds[static_cast<std::size_t>(stream.fd)]);
}

std::unique_ptr<Host> adapt_host(std::shared_ptr<PluginInstance> instance, std::string name) {
  return std::make_unique<HostAdapter>(std::move(instance), std::move(name));
}

std::unique_ptr<FeatureInstaller> adapt_features(std::shared_ptr<PluginInstance> instance,
                                                 std::string name) {
  return std::make_unique<FeaturesAdapter>(std::move(instance), std::move(name));
}

std::unique_ptr<PortForwarder> adapt_ports(std::shared_ptr<PluginInstance> instance,
                                           std::string name) {
  return std::make_unique<PortsAdapter>(std::move(instance), std::move(name));
}

}  // namespace fairlead
