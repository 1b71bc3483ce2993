#include "engine/forward_table.hpp"

#include "engine/local_route.hpp"
#include "engine/plugin_forward.hpp"
#include "ports/local_end.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

namespace fairlead {

struct ForwardTable::Forward {
  ForwardWish wish;
  ForwardInfo fixed;                   ///< what does not change while it is there
  std::shared_ptr<TargetRoute> route;  ///< absent: reverse
  std::shared_ptr<ports::Traffic> traffic = std::make_shared<ports::Traffic>();
  ports::Switchboard::Line line = 0;
  std::set<std::uint64_t> inodes;  ///< of who listens inside, where detection found it
  std::string process;
  int pid = 0;
  std::unique_ptr<ports::ReverseListener> inside;
  std::weak_ptr<ports::RelaySession> inside_of;  ///< whose
  std::unique_ptr<PluginForward> plugin;         ///< who forwards in our place
  std::string socket_file;                       ///< ours to remove
};

namespace {

/// The user says where it is to be, and it is somewhere else: found, or from the configuration.
bool wants_another_end(const ForwardWish& wish, const ForwardInfo& now) {
  if (wish.origin != ForwardOrigin::user) return false;
  if (!wish.local_socket.empty()) return wish.local_socket != now.address;
  return wish.local_port.value_or(0) != 0 && *wish.local_port != now.port;
}

ForwardInfo as_opened(const ForwardWish& wish, const PortAttributes& attributes,
                      const ports::LocalEnd& local) {
  return {.target = wish.target,
          .origin = wish.origin,
          .address = local.address,
          .port = local.port,
          .addresses = wish.addresses,
          .note = local.note,
          .label = attributes.label,
          .protocol = attributes.protocol};
}

}  // namespace

ForwardTable::ForwardTable(std::shared_ptr<InstanceLink> link, ports::PortRules rules,
                           std::shared_ptr<PortForwarder> forwarder)
    : link_(std::move(link)), rules_(std::move(rules)), forwarder_(std::move(forwarder)) {}

ForwardTable::~ForwardTable() {
  for (const auto& forward : forwards_) end(*forward);
}

ForwardInfo ForwardTable::add(const ForwardWish& wish, const std::stop_token& stop,
                              const ports::Listener* found) {
  const std::lock_guard adding(adding_);
  const auto known = find(wish.target, wish.reverse);
  if (known && (forwarder_ || !wants_another_end(wish, known->fixed))) return info(*known);
  const auto command = found != nullptr ? found->process : known ? known->process : std::string();
  const auto attributes =
      rules_.of({.host = wish.target.host, .port = wish.target.port, .command = command});
  const auto forward = wish.reverse ? open_reverse(wish, stop)
                       : forwarder_ ? open_by_plugin(wish, attributes, stop)
                                    : open(wish, attributes);
  if (found != nullptr) {
    forward->inodes.insert(found->inode);
    forward->process = found->process;
    forward->pid = found->pid;
  }
  if (known) {
    forward->inodes = known->inodes;
    forward->process = known->process;
    forward->pid = known->pid;
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase(forwards_, known);
    forwards_.push_back(forward);
  }
  if (known) end(*known);
  return info(*forward);
}

std::shared_ptr<ForwardTable::Forward> ForwardTable::open(const ForwardWish& wish,
                                                          const PortAttributes& attributes) {
  auto forward = std::make_shared<Forward>();
  forward->wish = wish;
  auto local = ports::open_local_end({.port = wish.local_port.value_or(wish.target.port),
                                      .required = attributes.require_local_port,
                                      .addresses = wish.addresses,
                                      .socket = wish.local_socket});
  forward->socket_file = wish.local_socket;
  forward->route = std::make_shared<TargetRoute>(link_, wish.target);
  forward->line = board_.open(std::move(local.listeners), forward->route, forward->traffic);
  forward->fixed = as_opened(wish, attributes, local);
  return forward;
}

/// Which port it may be is found out as for our own; the plugin then takes it.
std::shared_ptr<ForwardTable::Forward> ForwardTable::open_by_plugin(
    const ForwardWish& wish, const PortAttributes& attributes, const std::stop_token& stop) {
  if (!wish.target.socket.empty() || !wish.local_socket.empty()) {
    throw Error(Status::unsupported, "ports.plugin",
                "The plugin that forwards ports forwards no sockets.");
  }
  auto forward = std::make_shared<Forward>();
  forward->wish = wish;
  auto local = ports::open_local_end({.port = wish.local_port.value_or(wish.target.port),
                                      .required = attributes.require_local_port,
                                      .addresses = wish.addresses});
  local.listeners.clear();
  forward->fixed = as_opened(wish, attributes, local);
  forward_by_plugin(forward, local.port, stop);
  return forward;
}

void ForwardTable::forward_by_plugin(const std::shared_ptr<Forward>& forward, int local_port,
                                     const std::stop_token& stop) {
  forward->plugin.reset();
  const auto& target = forward->wish.target;
  auto made = std::make_unique<PluginForward>(
      forwarder_,
      PortsForwardRequest{.id = link_->instance().id,
                          .host = ports::is_localhost(target.host) ? "127.0.0.1" : target.host,
                          .port = target.port,
                          .local_address = forward->fixed.address,
                          .local_port = local_port},
      stop);
  const std::lock_guard lock(mutex_);
  forward->fixed.address = made->address();
  forward->fixed.port = made->port();
  forward->plugin = std::move(made);
}

std::shared_ptr<ForwardTable::Forward> ForwardTable::open_reverse(const ForwardWish& wish,
                                                                  const std::stop_token& stop) {
  auto forward = std::make_shared<Forward>();
  forward->wish = wish;
  forward->line = board_.open({}, std::make_shared<LocalRoute>(wish.target), forward->traffic);
  forward->fixed = {
      .target = wish.target, .reverse = true, .origin = wish.origin, .addresses = wish.addresses};
  try {
    listen_inside(forward, stop);
  } catch (const Error&) {
    board_.close(forward->line);
    throw;
  }
  return forward;
}

void ForwardTable::listen_inside(const std::shared_ptr<Forward>& forward,
                                 const std::stop_token& stop) {
  const auto relay = link_->start_relay(stop);
  if (forward->inside && forward->inside_of.lock() == relay) return;
  const auto& wish = forward->wish;
  ports::RelayTarget at{.socket = wish.local_socket};
  if (!wish.addresses.empty()) at.host = wish.addresses.front();
  at.port =
      forward->fixed.port != 0 ? forward->fixed.port : wish.local_port.value_or(wish.target.port);
  auto listener = relay->listen(
      at, [this, line = forward->line](UniqueFd client) { board_.join(line, std::move(client)); },
      {.stop = stop, .timeout = std::chrono::seconds(10)});
  const std::lock_guard lock(mutex_);
  forward->fixed.address = at.socket.empty() ? at.host : at.socket;
  forward->fixed.port = at.socket.empty() ? listener->port() : 0;
  forward->inside = std::move(listener);
  forward->inside_of = relay;
}

void ForwardTable::resume(const std::stop_token& stop) {
  const std::lock_guard adding(adding_);
  std::vector<std::shared_ptr<Forward>> all;
  {
    const std::lock_guard lock(mutex_);
    all = forwards_;
  }
  for (const auto& forward : all) {
    try {
      if (forward->wish.reverse) listen_inside(forward, stop);
      if (forward->plugin) forward_by_plugin(forward, forward->fixed.port, stop);
    } catch (const Error& error) {
      const std::lock_guard lock(mutex_);
      forward->fixed.note = error.message();
    }
  }
}

void ForwardTable::end(Forward& forward) {
  forward.inside.reset();
  forward.plugin.reset();
  board_.close(forward.line);
  if (forward.route) forward.route->reset_all();
  if (!forward.wish.reverse && !forward.socket_file.empty()) ::unlink(forward.socket_file.c_str());
}

bool ForwardTable::remove(const PortTarget& target, bool reverse) {
  const std::lock_guard adding(adding_);
  const auto found = find(target, reverse);
  if (!found) return false;
  {
    const std::lock_guard lock(mutex_);
    std::erase(forwards_, found);
  }
  end(*found);
  return true;
}

std::optional<ForwardInfo> ForwardTable::remove_detected(std::uint64_t inode) {
  std::shared_ptr<Forward> found;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& forward : forwards_) {
      if (forward->inodes.erase(inode) == 0 || !forward->inodes.empty()) continue;
      if (forward->wish.origin == ForwardOrigin::detected) {
        found = forward;
        continue;
      }
      forward->process.clear();
      forward->pid = 0;
    }
    if (!found) return std::nullopt;
    std::erase(forwards_, found);
  }
  auto last = info(*found);
  end(*found);
  return last;
}

bool ForwardTable::note_process(const PortTarget& target, const ports::Listener& found) {
  const auto known = find(target, false);
  if (!known) return false;
  const std::lock_guard lock(mutex_);
  known->inodes.insert(found.inode);
  known->process = found.process;
  known->pid = found.pid;
  return true;
}

bool ForwardTable::listens_inside(int port) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(forwards_.begin(), forwards_.end(), [&](const auto& forward) {
    return forward->wish.reverse && forward->fixed.port == port;
  });
}

bool ForwardTable::needs_relay() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(forwards_.begin(), forwards_.end(),
                     [](const auto& forward) { return forward->wish.reverse; });
}

void ForwardTable::reset_connections() {
  std::vector<ports::Switchboard::Line> lines;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& forward : forwards_) {
      const bool own = ports::is_localhost(forward->wish.target.host) || forward->wish.reverse;
      if (own && !forward->plugin) lines.push_back(forward->line);
    }
  }
  for (const auto line : lines) board_.reset(line);
}

std::vector<ForwardInfo> ForwardTable::renew() {
  std::vector<std::shared_ptr<Forward>> found;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& forward : forwards_) {
      if (forward->route) forward->route->forget();
      forward->inodes.clear();
      forward->process.clear();
      forward->pid = 0;
      if (forward->wish.origin == ForwardOrigin::detected) found.push_back(forward);
    }
    std::erase_if(forwards_, [](const auto& forward) {
      return forward->wish.origin == ForwardOrigin::detected;
    });
  }
  std::vector<ForwardInfo> ended;
  for (const auto& forward : found) {
    ended.push_back(info(*forward));
    end(*forward);
  }
  return ended;
}

std::shared_ptr<ForwardTable::Forward> ForwardTable::find(const PortTarget& target,
                                                          bool reverse) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(forwards_.begin(), forwards_.end(), [&](const auto& forward) {
    return forward->wish.target == target && forward->wish.reverse == reverse;
  });
  return found == forwards_.end() ? nullptr : *found;
}

ForwardInfo ForwardTable::info(const Forward& forward) const {
  ForwardInfo out;
  {
    const std::lock_guard lock(mutex_);
    out = forward.fixed;
    out.process = forward.process;
    out.pid = forward.pid;
  }
  const auto& traffic = *forward.traffic;
  out.to_inside = traffic.to_inside;
  out.from_inside = traffic.from_inside;
  out.connections = traffic.connections;
  out.open = traffic.open;
  out.running = link_->running();
  if (forward.wish.reverse) {
    std::swap(out.to_inside, out.from_inside);
    out.route = "relay";
  } else if (!forward.route) {
    out.route = "plugin";
  } else {
    out.to_inside += forward.route->to_inside();
    out.from_inside += forward.route->from_inside();
    out.route = forward.route->way();
  }
  return out;
}

std::vector<ForwardInfo> ForwardTable::list() const {
  std::vector<std::shared_ptr<Forward>> all;
  {
    const std::lock_guard lock(mutex_);
    all = forwards_;
  }
  std::vector<ForwardInfo> infos;
  for (const auto& forward : all) infos.push_back(info(*forward));
  return infos;
}

}  // namespace fairlead
