#include "backend.hpp"

#include "sandbox.hpp"
#include "settings.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/records.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

std::string default_state(const Environment& environment) {
  const auto value = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  if (const auto folder = value("XDG_STATE_HOME"); !folder.empty()) {
    return folder + "/fairlead-bubblewrap";
  }
  const auto home = value("HOME");
  return home.empty() ? "" : home + "/.local/state/fairlead-bubblewrap";
}

bool matches(const Record& record, const ListRequest& request) {
  if (!request.all && record.main_process == 0) return false;
  return std::ranges::all_of(request.labels, [&](const std::string& filter) {
    return sdk::has_label(record.info.labels, filter);
  });
}

Capabilities capabilities() {
  Capabilities can;
  can.pull = true;
  can.image_inspection = true;
  can.live_binds = true;
  can.named_volumes = true;
  can.keeps_filesystem = true;
  can.stable_identity = true;
  can.exec_user = true;
  can.exec_env = true;
  can.exec_cwd = true;
  can.exec_tty = true;
  can.exec_half_close = true;
  can.exec_signal = true;
  can.dial = true;
  can.logs = true;
  return can;
}

}  // namespace

void BubblewrapBackend::configure(const ConfigureRequest& request) {
  const auto settings = read_settings(request.settings);
  state_ = settings.state.empty() ? default_state(request.environment) : settings.state;
  curl_options_ = settings.curl_options;
  network_is_private_ = settings.network == "private";
}

Store BubblewrapBackend::store() const {
  if (state_.empty()) {
    throw Error(Status::unavailable, "engine.unreachable", "There is no folder for its state.",
                "Set plugins.bubblewrap.state.");
  }
  if (::geteuid() != 0) {
    throw Error(Status::denied, "engine.permission", "bubblewrap's sandboxes need root here.");
  }
  return Store(state_);
}

Record BubblewrapBackend::running(const std::string& id) const {
  auto record = store().find(id);
  if (record.main_process > 0) return record;
  throw Error(Status::conflict, "instance.not_running", record.info.name + " is not running.");
}

ProbeReply BubblewrapBackend::probe(const ProbeRequest&, sdk::Call& call) {
  const auto where = store().folder();
  const auto host = core_.host().describe(call);
  if (!host.local) {
    throw Error(Status::unavailable, "engine.unreachable", "It works on this machine alone.");
  }
  SpawnRequest request;
  request.argv = {"bwrap", "--version"};
  try {
    core_.host().spawn(request, {}, {}, {}, call);
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    throw Error(Status::unavailable, "engine.unreachable", "bubblewrap is not installed.",
                "apt-get install bubblewrap");
  }
  ProbeReply reply;
  reply.engine = "bubblewrap";
  reply.endpoint = where.string();
  reply.os = "linux";
  reply.arch = host.arch == "x86_64" ? "amd64" : host.arch == "aarch64" ? "arm64" : host.arch;
  reply.local = true;
  reply.capabilities = capabilities();
  return reply;
}

CreateReply BubblewrapBackend::create(const CreateRequest& request, sdk::Call& call) {
  const auto all = store();
  const auto image = all.image(request.image);
  if (!image) {
    throw Error(Status::not_found, "image.not_found", "There is no image '" + request.image + "'.");
  }
  const auto record = all.add(request, image->info.id);
  SpawnRequest copy;
  copy.argv = {"cp", "-a", "--reflink=auto", image->root.string(), record.root().string()};
  try {
    if (core_.host().spawn(copy, {}, {}, {}, call) == 0) return {record.info.id, {}};
  } catch (const Error&) {
    all.remove(record, true);
    throw;
  }
  all.remove(record, true);
  throw Error(Status::failed, "instance.create", "The image's files could not be copied.");
}

StartReply BubblewrapBackend::start(const StartRequest& request, sdk::Call& call) {
  const auto all = store();
  const auto record = all.find(request.id);
  if (record.main_process == 0)
    bubblewrap::start(core_.host(), all, record, network_is_private_, call);
  return {record.info.id};
}

Empty BubblewrapBackend::stop(const StopRequest& request, sdk::Call& call) {
  bubblewrap::stop(store().find(request.id), request.timeout_seconds, call);
  return {};
}

Empty BubblewrapBackend::remove(const RemoveRequest& request, sdk::Call& call) {
  const auto all = store();
  try {
    const auto record = all.find(request.id);
    if (record.main_process > 0 && !request.force) {
      throw Error(Status::conflict, "instance.running", record.info.name + " is running.");
    }
    bubblewrap::stop(record, 0, call);
    all.remove(record, request.volumes);
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;  // gone is what was wanted
  }
  return {};
}

InstanceInfo BubblewrapBackend::inspect(const InspectRequest& request, sdk::Call&) {
  const auto all = store();
  auto record = all.find(request.id);
  const auto image = all.image(record.request.image).value_or(Image{});
  record.info.user = record.request.user.empty() ? image.info.user : record.request.user;
  for (const auto& [name, value] : environment_of(image, record.request, {})) {
    record.info.env.push_back(name + '=' + value);
  }
  record.info.mounts = record.request.mounts;
  record.info.detailed = true;
  return record.info;
}

ListReply BubblewrapBackend::list(const ListRequest& request, sdk::Call&) {
  ListReply reply;
  for (auto& record : store().list()) {
    if (matches(record, request)) reply.instances.push_back(std::move(record.info));
  }
  return reply;
}

}  // namespace bubblewrap

FAIRLEAD_PLUGIN(bubblewrap::BubblewrapBackend, "org.example.bubblewrap", "0.1.0");
