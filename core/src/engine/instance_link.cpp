#include "engine/instance_link.hpp"

#include "engine/deadlines.hpp"
#include "engine/find.hpp"
#include "engine/relay_mount.hpp"
#include "engine/session.hpp"
#include "ports/attributes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

constexpr std::chrono::seconds dial_limit{30};
constexpr std::chrono::seconds relay_limit{60};
constexpr std::chrono::seconds relay_pause{10};

/// Both spellings of one's own machine are one host.
std::string key_of(const std::string& host) {
  return ports::is_localhost(host) ? std::string("localhost") : host;
}

/// Who had the instance did not answer: that is no news of its end.
bool unheard(const Found& found, const std::string& name) {
  return std::ranges::find(found.silent, name, &SilentBackend::name) != found.silent.end() ||
         std::ranges::find(found.absent, name) != found.absent.end();
}

/// The port that a connected stream goes to; 0: it goes somewhere else by other means.
std::uint16_t* port_in(ports::SocketAddress& address) {
  if (address.storage.ss_family == AF_INET)
    return &reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port;
  if (address.storage.ss_family == AF_INET6)
    return &reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port;
  return nullptr;
}

}  // namespace

InstanceLink::InstanceLink(Core& core, Selection selection, const std::stop_token& stop)
    : core_(core),
      selection_(std::move(selection)),
      workspace_(with_devcontainer_id(open_workspace_if_readable(core, selection_, stop))) {
  auto found = require_environment(core, workspace_, selection_, stop);
  auto instance = found.backend->inspect({.id = found.instance->id}, question(stop));
  set(found.backend, std::move(instance));
}

void InstanceLink::set(std::shared_ptr<Backend> backend, InstanceInfo instance) {
  std::shared_ptr<ports::RelaySession> old;
  std::shared_ptr<ports::RelaySession> older;
  std::shared_ptr<ports::DoorSession> door;
  const std::lock_guard lock(mutex_);
  const bool same = instance.id == instance_.id && instance.started == instance_.started;
  backend_ = std::move(backend);
  instance_ = std::move(instance);
  companions_.clear();
  addresses_.clear();
  relay_failure_.reset();
  if (same) return;
  old = std::exchange(relay_, nullptr);
  older = std::exchange(adopted_, nullptr);
  door.swap(door_);
  door_failed_ = false;
}

MergedConfig InstanceLink::merged() const {
  return merged_for_instance(core_, workspace_, instance());
}

std::shared_ptr<Backend> InstanceLink::backend() const {
  const std::lock_guard lock(mutex_);
  return backend_;
}

InstanceInfo InstanceLink::instance() const {
  const std::lock_guard lock(mutex_);
  return instance_;
}

bool InstanceLink::refresh(const std::stop_token& stop) {
  auto found = find_environment(core_, workspace_, selection_, stop);
  if (!found.instance) {
    if (unheard(found, backend()->name())) throw missing_environment(core_, found);
    const std::lock_guard lock(mutex_);
    instance_.state = InstanceState::removing;
    addresses_.clear();
    companions_.clear();
    return false;
  }
  auto instance = found.backend->inspect({.id = found.instance->id}, question(stop));
  set(found.backend, std::move(instance));
  return true;
}

std::optional<ports::SocketAddress> InstanceLink::address_of(const PortTarget& target) const {
  if (!target.socket.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = addresses_.find(key_of(target.host));
  if (found == addresses_.end()) return std::nullopt;
  auto address = found->second;
  *port_in(address) = htons(static_cast<std::uint16_t>(target.port));
  return address;
}

/// A companion is a service of the same project; any other name is the instance's own to resolve.
std::string InstanceLink::instance_of(const std::string& host, const std::stop_token& stop) {
  std::shared_ptr<Backend> backend;
  InstanceInfo own;
  {
    const std::lock_guard lock(mutex_);
    backend = backend_;
    own = instance_;
    if (ports::is_localhost(host) || host == own.service) return own.id;
    if (const auto known = companions_.find(host); known != companions_.end()) return known->second;
  }
  if (own.group.empty()) return {};
  for (const auto& other : backend->list({.labels = {}, .all = false}, question(stop)).instances) {
    if (other.group != own.group || other.service != host) continue;
    const std::lock_guard lock(mutex_);
    companions_[host] = other.id;
    return other.id;
  }
  return {};
}

/// A stream that is a connection to just this port says where the instance is reached.
void InstanceLink::learn(const PortTarget& target, const std::string& instance,
                         const UniqueFd& stream) {
  ports::SocketAddress address;
  address.size = sizeof address.storage;
  auto* generic = reinterpret_cast<sockaddr*>(&address.storage);
  if (::getpeername(stream.get(), generic, &address.size) != 0) return;
  const auto* port = port_in(address);
  if (port == nullptr || *port != htons(static_cast<std::uint16_t>(target.port))) return;
  const std::lock_guard lock(mutex_);
  const auto key = key_of(target.host);
  const auto companion = companions_.find(key);
  const bool current = key == "localhost"
                           ? instance_.id == instance
                           : companion != companions_.end() && companion->second == instance;
  if (current) addresses_[key] = address;
}

UniqueFd InstanceLink::dial(const PortTarget& target, const std::stop_token& stop) {
  const auto instance = instance_of(target.host, stop);
  if (instance.empty()) {
    throw Error(Status::unsupported, "instance.dial",
                "'" + target.host + "' is no service of the environment's project.");
  }
  // Its own address is enough: to its loopback the relay is the quicker way.
  DialRequest request{.id = instance, .host = {}};
  request.port = target.port;
  request.socket = target.socket;
  auto stream = backend()->dial(request, {.stop = stop, .timeout = dial_limit});
  if (target.socket.empty()) learn(target, instance, stream);
  return stream;
}

std::shared_ptr<ports::RelaySession> InstanceLink::relay() const {
  const std::lock_guard lock(mutex_);
  return relay_ && relay_->alive() ? relay_ : nullptr;
}

void InstanceLink::close_relay() {
  std::shared_ptr<ports::RelaySession> old;
  std::shared_ptr<ports::RelaySession> older;
  std::shared_ptr<ports::DoorSession> door;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(relay_, nullptr);
    older = std::exchange(adopted_, nullptr);
    door.swap(door_);
  }
  door.reset();
  for (const auto& relay : {old, older}) {
    if (relay) relay->close();
  }
}

bool InstanceLink::wants_door() const { return workspace_.settings.flag("relay_listens"); }

std::shared_ptr<ports::RelaySession> InstanceLink::port_relay() const {
  if (!wants_door()) return relay();
  {
    const std::lock_guard lock(mutex_);
    if (door_ && door_->alive()) return {door_, &door_->session()};
    if (!door_failed_) return nullptr;
  }
  return relay();
}

std::shared_ptr<ports::RelaySession> InstanceLink::start_port_relay(const std::stop_token& stop) {
  if (auto known = port_relay()) return known;
  auto relay = start_relay(stop);
  if (!wants_door()) return relay;
  const std::lock_guard starting(relay_start_);
  if (auto known = port_relay()) return known;
  try {
    auto door = std::make_shared<ports::DoorSession>(*relay, *backend(), instance().id, stop);
    const std::lock_guard lock(mutex_);
    door_.swap(door);
    return {door_, &door_->session()};
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core_.log().text(LogLevel::info, error.message());
    const std::lock_guard lock(mutex_);
    door_failed_ = true;
  }
  return relay;
}

void InstanceLink::call_back_when_gone(ports::RelaySession& relay) {
  relay.on_gone([this](const Error&) {
    if (relay_gone_) relay_gone_();
  });
}

void InstanceLink::adopt_relay(InstanceLink& old) {
  const std::lock_guard starting(old.relay_start_);
  const auto before = old.instance();
  const auto now = instance();
  const bool same = before.id == now.id && before.started == now.started &&
                    old.backend()->name() == backend()->name() && old.account() == account();
  std::shared_ptr<ports::RelaySession> relay;
  {
    const std::lock_guard lock(old.mutex_);
    relay = std::exchange(old.relay_, nullptr);
  }
  if (!relay) return;
  if (!same || !relay->alive()) return relay->close();
  relay->watch_listeners(nullptr);
  call_back_when_gone(*relay);
  const std::lock_guard lock(mutex_);
  (relay_ && relay_->alive() ? adopted_ : relay_).swap(relay);
}

bool InstanceLink::lends_relay() const {
  const std::lock_guard lock(mutex_);
  return (relay_ && relay_->lends()) || (adopted_ && adopted_->lends());
}

std::shared_ptr<ports::RelaySession> InstanceLink::start_relay(const std::stop_token& stop) {
  const std::lock_guard starting(relay_start_);
  if (auto known = relay()) return known;
  InstanceInfo instance;
  {
    const std::lock_guard lock(mutex_);
    const bool recently =
        relay_failure_ && std::chrono::steady_clock::now() - relay_failed_at_ < relay_pause;
    if (recently) throw Error(*relay_failure_);
    instance = instance_;
  }
  renew_relay_folder(core_);
  try {
    std::shared_ptr<ports::RelaySession> session =
        ports::RelaySession::start(backend(), instance.id, remote_account_of(merged(), instance),
                                   {.stop = stop, .timeout = relay_limit});
    {
      const std::lock_guard lock(mutex_);
      relay_ = session;
    }
    call_back_when_gone(*session);
    return session;
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (error.status() != Status::cancelled) relay_failure_ = error;
    relay_failed_at_ = std::chrono::steady_clock::now();
    throw;
  }
}

}  // namespace fairlead
