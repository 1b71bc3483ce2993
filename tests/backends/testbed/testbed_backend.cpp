#include "testbed_backend.hpp"

#include "instance.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/records.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace fairlead::testbed {
namespace {

bool matches(const Record& record, const ListRequest& request) {
  if (!request.all && !record.running) return false;
  return std::all_of(request.labels.begin(), request.labels.end(), [&](const std::string& filter) {
    return sdk::has_label(record.info.labels, filter);
  });
}

std::string pod(const Store& store) { return "pod-" + std::to_string(store.next_number()); }

void delay(int milliseconds, const sdk::Call& call) {
  pollfd entry{call.cancel_fd(), POLLIN, 0};
  while (::poll(&entry, 1, milliseconds) < 0 && errno == EINTR) {
  }
  call.throw_if_cancelled();
}

}  // namespace

TestbedBackend::TestbedBackend(sdk::Core core) : core_(core) {}

void TestbedBackend::configure(const ConfigureRequest& request) {
  options_ = read_options(request.settings);
}

Store TestbedBackend::enter(const std::string& operation, const sdk::Call& call) const {
  if (options_.state.empty() || options_.images.empty()) {
    throw Error(Status::unavailable, "engine.unreachable",
                "the test backend has no state and images folders",
                "Set plugins.testbed.state and plugins.testbed.images.");
  }
  if (::geteuid() != 0) {
    throw Error(Status::unavailable, "engine.permission", "the test backend needs root");
  }
  Store store(options_.state);
  if (options_.delay_at == operation) delay(options_.delay_ms, call);
  if (options_.fail_at == operation && store.first_time(operation)) {
    throw Error(Status::failed, "testbed.fault", "the settings ask for a failure of " + operation);
  }
  return store;
}

ProbeReply TestbedBackend::probe(const ProbeRequest&, sdk::Call& call) {
  enter("probe", call);
  ProbeReply reply;
  reply.engine = "Testbed";
  reply.version = "1";
  reply.endpoint = options_.state.string();
  reply.os = "linux";
#if defined(__aarch64__)
  reply.arch = "arm64";
#else
  reply.arch = "amd64";
#endif
  reply.capabilities = capabilities_without(options_.refuse);
  return reply;
}

CreateReply TestbedBackend::create(const CreateRequest& request, sdk::Call& call) {
  const Store store = enter("create", call);
  refuse_unknown_manners(request);
  read_image(options_.images, request.image);
  const UniqueFd lock = store.lock();
  return {store.add(request, pod(store)).info.id, {}};
}

StartReply TestbedBackend::start(const StartRequest& request, sdk::Call& call) {
  const Store store = enter("start", call);
  UniqueFd lock = store.lock();
  Record record = store.find(request.id);
  if (record.running) return {record.info.id};
  const Effective what = effective(options_.images, record.request);
  record.info.id = pod(store);
  record.info.started = sdk::rfc3339_now();
  store.save(record);
  run_instance(store, record, what, std::move(lock), call);
  return {record.info.id};
}

Empty TestbedBackend::stop(const StopRequest& request, sdk::Call& call) {
  end_instance(enter("stop", call).find(request.id), request.timeout_seconds, call);
  return {};
}

Empty TestbedBackend::remove(const RemoveRequest& request, sdk::Call& call) {
  const Store store = enter("remove", call);
  const UniqueFd lock = store.lock();
  try {
    const Record record = store.find(request.id);
    if (record.running && !request.force) {
      throw Error(Status::conflict, "instance.running", record.info.name + " is running",
                  "Stop it first, or remove it by force.");
    }
    end_instance(record, 0, call);
    store.remove(record, request.volumes);
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;  // gone is what was wanted
  }
  return {};
}

InstanceInfo TestbedBackend::inspect(const InspectRequest& request, sdk::Call& call) {
  Record record = enter("inspect", call).find(request.id);
  InstanceInfo& info = record.info;
  info.user = record.request.user;
  info.env = with_variables({}, record.request.env);
  info.mounts = record.request.mounts;
  info.detailed = true;
  if (record.running) {  // only now is the image's own configuration known
    const Effective what = effective(options_.images, record.request);
    info.user = what.user;
    info.env = what.env;
    info.image_id = read_image(options_.images, record.request.image).id;
  }
  return info;
}

ListReply TestbedBackend::list(const ListRequest& request, sdk::Call& call) {
  ListReply reply;
  for (Record& record : enter("list", call).list()) {
    if (matches(record, request)) reply.instances.push_back(std::move(record.info));
  }
  return reply;
}

}  // namespace fairlead::testbed
