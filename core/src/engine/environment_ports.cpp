#include "base/sha256.hpp"
#include "engine/companion_watch.hpp"
#include "engine/forward_table.hpp"
#include "engine/instance_link.hpp"
#include "engine/the_host.hpp"
#include "ports/port_holder.hpp"
#include "ports/worker.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <set>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds watch_again{1000};  // after the engine broke its stream off
constexpr milliseconds ask_again{2000};    // of a backend that reports no events
constexpr milliseconds relay_again{500};
constexpr milliseconds detect_later{30'000};  // after the relay could not be started
constexpr milliseconds look_again{500};       // for one that was removed, for some time
constexpr int most_looks = 20;

bool says_that_it_changed(const std::string& action) {
  constexpr std::array<std::string_view, 11> words = {"start",   "die",     "died",   "destroy",
                                                      "remove",  "removed", "stop",   "stopped",
                                                      "restart", "pause",   "unpause"};
  return std::find(words.begin(), words.end(), action) != words.end();
}

std::string label(const InstanceInfo& instance, const char* key) {
  const auto found = instance.labels.find(key);
  return found == instance.labels.end() ? std::string() : found->second;
}

/// A restart changes nothing of it, making the container anew neither.
std::string key_of(const InstanceLink& link) {
  const auto& identity = link.workspace().identity;
  const auto instance = link.instance();
  auto text = link.backend()->name() + '\n' + link.workspace().settings.text("host") + '\n';
  if (const auto folder = label(instance, "devcontainer.local_folder"); !folder.empty()) {
    text += folder + '\n' + label(instance, "devcontainer.config_file");
  } else {
    text += identity.devcontainer_id.empty() ? instance.id : identity.devcontainer_id;
  }
  return sha256_hex(text).substr(0, 16);
}

/// Whether what listens inside is on this machine's localhost anyway; a listener of ours would only
/// be in its way.
bool shares_our_network(const Workspace& workspace) {
  if (workspace.settings.text("host") != "local") return false;
  const auto& words = workspace.config.run_args;
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const char* name : {"--network", "--net"}) {
      if (words[i] == std::string(name) + "=host") return true;
      if (words[i] == name && i + 1 < words.size() && words[i + 1] == "host") return true;
    }
  }
  return false;
}

/// The plugin that the settings name; none: the built-in one forwards.
std::shared_ptr<PortForwarder> forwarder_of(Core& core, const InstanceLink& link) {
  const auto& settings = link.workspace().settings;
  const auto& name = settings.text("port_forwarder");
  if (name == "built-in") return nullptr;
  return core.plugins(settings).open_ports(name, core.host(settings), link.backend(),
                                           {.settings = settings.plugin_json(name),
                                            .environment = core.options().environment,
                                            .working_directory = core.options().working_directory});
}

std::string what_is_said(const MergedConfig& merged) {
  auto said = nlohmann::ordered_json::object();
  for (const char* name : {"forwardPorts", "portsAttributes", "otherPortsAttributes"}) {
    if (merged.json && merged.json->contains(name)) said[name] = merged.json->at(name);
  }
  return said.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

struct EnvironmentPorts::Impl {
  Impl(Core& the_core, const Selection& selection, Listener on_event, const std::stop_token& stop)
      : core(the_core),
        link(std::make_shared<InstanceLink>(the_core, selection, stop)),
        key(key_of(*link)),
        listener(std::move(on_event)) {
    const auto merged = link->merged();
    const bool ours = shares_our_network(link->workspace());
    for (const auto& [host, port] : merged.forward_ports) {
      if (port > 0 && !ours)
        configured.push_back(
            {.target = {.host = host, .port = port}, .origin = ForwardOrigin::configuration});
    }
    said = what_is_said(merged);
    speaks = !configured.empty() || !merged.ports_attributes.empty() ||
             merged.other_ports_attributes.has_value();
    if (merged.json) rules = ports::PortRules(*merged.json);
    link->on_relay_gone([this] {
      worker.add([this](const std::stop_token& token) { again(token); }, relay_again);
    });
    table = std::make_unique<ForwardTable>(link, rules, forwarder_of(the_core, *link));
    watcher = std::jthread([this](const std::stop_token& end) { watch(end); });
  }

  ~Impl() {
    watcher.request_stop();
    if (watcher.joinable()) watcher.join();
    worker.end();
    companions.close();
    link->close_relay();
    table.reset();        // its threads may have begun another one meanwhile
    link->close_relay();  // from here on nobody calls back
  }

  void tell(PortEvent event) const {
    if (listener) listener(event);
  }

  // ------------------------------------------------------- what happens to the instance
  void watch(const std::stop_token& end) {
    while (!end.stop_requested()) {
      auto pause = watch_again;
      try {
        CallOptions options{.stop = end};
        options.on_event = [this](const Event& event) {
          if (event.instance && says_that_it_changed(event.instance->action))
            worker.add([this](const std::stop_token& stop) { look(stop, 0); });
        };
        link->backend()->watch({.labels = {}}, std::move(options));
      } catch (const Error& error) {
        if (error.status() == Status::cancelled) return;
        if (error.status() == Status::unsupported) pause = ask_again;
      }
      std::unique_lock lock(mutex);
      std::condition_variable_any wake;
      wake.wait_for(lock, end, pause, [] { return false; });
      worker.add([this](const std::stop_token& stop) { look(stop, 0); });
    }
  }

  void look(const std::stop_token& stop, int tries) {
    const auto before = link->instance();
    bool there = true;
    try {
      there = link->refresh(stop);
    } catch (const Error&) {
      return;  // the watcher has it looked for again
    }
    if (!there && tries < most_looks) {
      return worker.add([this, tries](const std::stop_token& token) { look(token, tries + 1); },
                        look_again);
    }
    if (!there) {
      gone = true;
      return tell({.kind = PortEvent::Kind::environment_gone});
    }
    const auto now = link->instance();
    const bool other = now.id != before.id || now.started != before.started;
    const bool stopped = now.state == InstanceState::stopped;
    // Once: what was connected to the next one already is let be.
    if ((other || stopped) && !std::exchange(cut, stopped)) table->reset_connections();
    if (!other) {  // paused, or another service
      if (detecting) companions.renew(stop);
      return;
    }
    companions.close();
    for (auto& ended : table->renew())
      tell({.kind = PortEvent::Kind::closed, .forward = std::move(ended)});
    if (now.state != InstanceState::running) return;
    table->resume(stop);
    begin_again(stop);
  }

  // ------------------------------------------------------- the relay
  /// Whatever needs it, after the instance's start or the end of the one before.
  void begin_again(const std::stop_token& stop) {
    if (detecting) {
      begin_detection(stop);
    } else if (keeping) {
      begin_relay(stop);
    }
  }

  void begin_relay(const std::stop_token& stop) {
    try {
      link->start_relay(stop);
    } catch (const Error& error) {
      core.log().text(LogLevel::info, "No relay is kept: " + error.message());
      if (error.status() == Status::unsupported || error.status() == Status::cancelled) return;
      worker.add([this](const std::stop_token& token) { again(token); }, detect_later);
    }
  }

  /// It was killed, its instance was, or it could not be started.
  void again(const std::stop_token& stop) {
    if (!link->running()) return;
    if (!detecting && !keeping && !table->needs_relay()) return;
    begin_again(stop);  // a connection may have started another one meanwhile: it knows nothing
    table->resume(stop);
  }

  /// The relay of another service has ended, or could not be started.
  void companions_again(std::chrono::milliseconds later) {
    worker.add(
        [this](const std::stop_token& token) {
          if (detecting && link->running()) companions.renew(token);
        },
        later);
  }

  // ------------------------------------------------------- detection
  void begin_detection(const std::stop_token& stop) {
    try {
      const auto relay = link->start_relay(stop);
      // Called on the relay's thread.
      relay->watch_listeners([this](const ports::ListenerEvent& event) {
        worker.add(
            [this, event](const std::stop_token& token) { heard("localhost", event, token); });
      });
      companions.renew(stop);
    } catch (const Error& error) {
      core.log().text(LogLevel::warning, "Ports are not found by themselves: " + error.message());
      const bool hopeless =
          error.status() == Status::unsupported || error.status() == Status::cancelled;
      if (hopeless) return;
      worker.add([this](const std::stop_token& token) { again(token); }, detect_later);
    }
  }

  void heard(const std::string& host, const ports::ListenerEvent& event,
             const std::stop_token& stop) {
    // The same number in another network is another port.
    const PortTarget target{
        .host = host, .port = event.listener.port, .netns = event.listener.netns};
    if (event.kind == ports::ListenerEvent::Kind::removed) {
      if (auto closed = table->remove_detected(event.listener.inode)) {
        tell({.kind = PortEvent::Kind::closed, .forward = std::move(*closed)});
      }
      return;
    }
    if (event.kind != ports::ListenerEvent::Kind::added) return;
    if (is_ours(target, event.listener)) return;
    const auto known = table->note_process(target, event.listener);
    const auto attributes =
        rules.of({.host = target.host, .port = target.port, .command = event.listener.process});
    if (known || attributes.on_auto_forward == "ignore") return;
    try {
      auto info =
          table->add({.target = target, .origin = ForwardOrigin::detected}, stop, &event.listener);
      const bool first = opened.insert(to_text(target)).second;
      tell({.forward = std::move(info), .action = attributes.on_auto_forward, .first = first});
    } catch (const Error& error) {
      core.log().text(LogLevel::warning, error.message());
    }
  }

  /// With the host's network the environment's servers are here already, and our listeners there.
  bool is_ours(const PortTarget& target, const ports::Listener& found) const {
    const bool own_network = ports::is_localhost(target.host) && target.netns == 0;
    return (own_network && table->listens_inside(found.port)) ||
           ports::listens_here(found.port, found.inode);
  }

  Core& core;
  std::shared_ptr<InstanceLink> link;
  std::string key;
  Listener listener;
  std::vector<ForwardWish> configured;
  bool speaks = false;
  std::string said;
  ports::PortRules rules;
  std::unique_ptr<ForwardTable> table;
  CompanionWatch companions{link,
                            [this](const std::string& service, const auto& event) {
                              worker.add([this, service, event](const std::stop_token& token) {
                                heard(service, event, token);
                              });
                            },
                            [this](std::chrono::milliseconds later) { companions_again(later); }};
  std::set<std::string> opened;  ///< of the worker
  std::atomic<bool> detecting{false};
  std::atomic<bool> keeping{false};
  bool cut = false;  ///< of the worker: the instance has ended, its connections were reset
  std::atomic<bool> gone{false};
  std::mutex mutex;
  ports::Worker worker;
  std::jthread watcher;
};

EnvironmentPorts::EnvironmentPorts(Core& core, const Selection& selection, Listener on_event,
                                   std::stop_token stop)
    : impl_(std::make_unique<Impl>(core, selection, std::move(on_event), stop)) {}

EnvironmentPorts::~EnvironmentPorts() = default;

const std::string& EnvironmentPorts::key() const { return impl_->key; }

InstanceInfo EnvironmentPorts::instance() const { return impl_->link->instance(); }

std::vector<ForwardWish> EnvironmentPorts::configured() const { return impl_->configured; }

bool EnvironmentPorts::speaks_of_ports() const { return impl_->speaks; }

const std::string& EnvironmentPorts::port_configuration() const { return impl_->said; }

ForwardInfo EnvironmentPorts::add(const ForwardWish& wish, std::stop_token stop) {
  return impl_->table->add(wish, stop);
}

bool EnvironmentPorts::remove(const PortTarget& target, bool reverse) {
  return impl_->table->remove(target, reverse);
}

std::vector<ForwardInfo> EnvironmentPorts::list() const { return impl_->table->list(); }

bool EnvironmentPorts::detect() {
  // What listens on a host is not all the environment's.
  if (is_the_host(impl_->link->instance())) return false;
  if (impl_->detecting.exchange(true)) return true;
  impl_->worker.add(
      [raw = impl_.get()](const std::stop_token& stop) { raw->begin_detection(stop); });
  return true;
}

void EnvironmentPorts::keep_relay() {
  if (impl_->keeping.exchange(true) || impl_->link->relay()) return;
  impl_->worker.add([raw = impl_.get()](const std::stop_token& stop) { raw->begin_relay(stop); });
}

bool EnvironmentPorts::lend_relay(const RelayWish& wish, UniqueFd& client) {
  const auto& link = *impl_->link;
  if (wish.instance != instance().id || wish.backend != link.backend()->name()) return false;
  if (wish.user != link.account()) return false;
  keep_relay();
  const auto relay = link.relay();
  if (!relay || !answer_relay_wish(client, true)) return false;
  relay->lend(std::move(client));
  return true;
}

bool EnvironmentPorts::lends_relay() const { return impl_->link->lends_relay(); }

void EnvironmentPorts::adopt_relay(EnvironmentPorts& old) {
  old.impl_->worker.end();  // it may be about to give the relay calls of its own
  impl_->link->adopt_relay(*old.impl_->link);
}

bool EnvironmentPorts::gone() const { return impl_->gone; }

}  // namespace fairlead
