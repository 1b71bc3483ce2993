#include "server/environments.hpp"

#include "server/browser.hpp"
#include "server/forwards_file.hpp"
#include "server/names.hpp"

#include <fairlead/sync.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace fairlead::server {
namespace {

bool same(const Selection& one, const Selection& other) {
  return one.workspace_folder == other.workspace_folder && one.config == other.config &&
         one.id_labels == other.id_labels && one.container_id == other.container_id &&
         one.service == other.service;
}

std::string folder_of(const InstanceInfo& instance, const Caller& caller) {
  const auto label = instance.labels.find("devcontainer.local_folder");
  return label == instance.labels.end() ? caller.selection.workspace_folder : label->second;
}

}  // namespace

struct Environments::Entry {
  Entry(Caller who, EventSink& log) : caller(std::move(who)), core(caller.options, log) {}

  EnvironmentForwards view() const {
    const auto instance = ports->instance();
    return {.key = ports->key(),
            .folder = folder_of(instance, caller),
            .container_id = instance.id,
            .container = instance.name,
            .running = instance.state == InstanceState::running,
            .forwards = ports->list()};
  }

  /// Nothing is done for it, nor does anybody's command run by its relay.
  bool idle() const {
    return !detect && !relay && !sync && ports->list().empty() && !ports->lends_relay();
  }

  Caller caller;
  Core core;
  std::atomic<bool> detect{false};
  std::atomic<bool> relay{false};
  std::atomic<bool> sync{false};
  std::unique_ptr<EnvironmentPorts> ports;  ///< last, with what follows: they use the core
  std::unique_ptr<ContinuousSync> folder;   ///< when `sync`; made once, under `making`
  std::mutex making;
};

/// Follows its folder from now on; once.
void Environments::begin_sync(Entry& entry, const std::stop_token& stop) {
  const std::lock_guard lock(entry.making);
  if (!entry.folder)
    entry.folder = std::make_unique<ContinuousSync>(entry.core, entry.caller.selection, stop);
  entry.sync = true;
}

Environments::Environments(Place place, EventSink& log) : place_(std::move(place)), log_(log) {}

Environments::~Environments() {
  freeze();
  for (auto& restorer : restorers_) restorer.request_stop();
  restorers_.clear();
  entries_.clear();
}

std::shared_ptr<Environments::Entry> Environments::entry_of(const Caller& caller,
                                                            const std::stop_token& stop) {
  auto entry = std::make_shared<Entry>(caller, log_);
  entry->ports = std::make_unique<EnvironmentPorts>(
      entry->core, caller.selection,
      [this, raw = entry.get()](const PortEvent& event) { heard(*raw, event); }, stop);
  std::shared_ptr<Entry> old;
  {
    const std::lock_guard lock(mutex_);
    auto& place = entries_[entry->ports->key()];
    const bool same =
        place && place->ports->port_configuration() == entry->ports->port_configuration();
    if (same && !place->ports->gone()) return place;
    old = std::exchange(place, entry);
  }
  if (old) take_over(*entry, std::move(old), stop);
  return entry;
}

/// The configuration is another one: what the user wanted beside it goes on, under its attributes,
/// and what it names in place of what the old one named.
void Environments::take_over(Entry& entry, std::shared_ptr<Entry> old,
                             const std::stop_token& stop) {
  auto before = old->ports->list();
  entry.detect = old->detect.load();
  entry.relay = old->relay.load();
  const bool sync = old->sync;
  entry.ports->adopt_relay(*old->ports);  // shells go on
  old.reset();                            // so that the ports are free again
  std::vector<ForwardWish> wishes;
  bool configured = false;
  for (const auto& info : before) {
    configured = configured || info.origin == ForwardOrigin::configuration;
    if (info.origin == ForwardOrigin::user) wishes.push_back(wish_of(info));
  }
  if (configured) {
    const auto named = entry.ports->configured();
    wishes.insert(wishes.end(), named.begin(), named.end());
  }
  for (const auto& wish : wishes) {
    try {
      entry.ports->add(wish, stop);
    } catch (const Error& error) {
      Log(log_).text(LogLevel::warning, error.message());
    }
  }
  if (entry.detect) entry.detect = entry.ports->detect();
  if (entry.relay) entry.ports->keep_relay();
  try {
    if (sync) begin_sync(entry, stop);
  } catch (const Error& error) {  // with the new configuration there may be nothing to do
    Log(log_).text(LogLevel::info, error.message());
  }
}

EnvironmentForwards Environments::forward(const Caller& caller, const ForwardOrder& order,
                                          std::stop_token stop) {
  const auto entry = entry_of(caller, stop);
  auto wishes = order.wishes;
  if (order.configured) {
    const auto more = entry->ports->configured();
    wishes.insert(wishes.end(), more.begin(), more.end());
  }
  std::vector<std::string> failures;
  for (const auto& wish : wishes) {
    try {
      entry->ports->add(wish, stop);
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
      failures.push_back(error.message() +
                         (error.hint().empty() ? std::string() : ' ' + error.hint()));
    }
  }
  if (order.detect) entry->detect = entry->ports->detect();
  if (order.relay) {
    entry->relay = true;
    entry->ports->keep_relay();
  }
  if (order.sync) begin_sync(*entry, stop);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(unanswered_, [&](const auto& saved) {
      return same(saved.caller.selection, caller.selection);
    });
  }
  changed();
  auto view = entry->view();
  view.failures = std::move(failures);
  return view;
}

std::shared_ptr<Environments::Entry> Environments::find(const Caller& caller,
                                                        const std::stop_token& stop) {
  wait_until_restored(stop);
  Core core(caller.options, log_);
  const EnvironmentPorts asked(core, caller.selection, {}, stop);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(asked.key());
  return found == entries_.end() ? nullptr : found->second;
}

std::vector<ForwardInfo> Environments::unforward(const Caller& caller,
                                                 const std::vector<PortTarget>& targets,
                                                 bool reverse, std::stop_token stop) {
  std::vector<ForwardInfo> ended;
  const auto entry = find(caller, stop);
  if (!entry) return ended;
  for (auto& info : entry->ports->list()) {
    const bool meant = targets.empty() ||
                       (info.reverse == reverse &&
                        std::find(targets.begin(), targets.end(), info.target) != targets.end());
    if (meant && entry->ports->remove(info.target, info.reverse)) ended.push_back(std::move(info));
  }
  if (entry->idle() && targets.empty()) {
    const std::lock_guard lock(mutex_);
    entries_.erase(entry->ports->key());
  }
  changed();
  return ended;
}

bool Environments::end(const std::string& container_id) {
  std::vector<std::shared_ptr<Entry>> ended;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& pair) {
      if (pair.second->ports->instance().id != container_id) return false;
      ended.push_back(pair.second);
      return true;
    });
  }
  const bool any = !ended.empty();
  ended.clear();
  if (any) changed();
  return any;
}

std::vector<EnvironmentForwards> Environments::list(const std::optional<Caller>& caller,
                                                    std::stop_token stop) {
  if (!caller) wait_until_restored(stop);
  const auto entry = caller ? find(*caller, stop) : nullptr;
  auto all = views();
  if (caller) {
    std::erase_if(all, [&](const auto& view) { return !entry || view.key != entry->ports->key(); });
  }
  return all;
}

std::vector<EnvironmentForwards> Environments::views() {
  std::vector<std::shared_ptr<Entry>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) all.push_back(entry);
  }
  std::vector<EnvironmentForwards> views;
  for (const auto& entry : all) views.push_back(entry->view());
  name_forwards(views);
  return views;
}

void Environments::name_forwards(std::vector<EnvironmentForwards>& views) {
  const int port = names_port_;
  if (port == 0) return;
  for (auto& environment : views) {
    const auto end = '.' + name_of(environment, views) + ".localhost:" + std::to_string(port) + '/';
    for (auto& forward : environment.forwards) {
      if (const auto name = name_of(forward)) forward.url = "http://" + *name + end;
    }
  }
}

std::optional<ForwardInfo> Environments::find_named(const std::string& name) {
  return find_by_name(views(), name);
}

bool Environments::lend(const RelayWish& wish, UniqueFd& client) {
  std::vector<std::shared_ptr<Entry>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) all.push_back(entry);
  }
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& entry) { return entry->ports->lend_relay(wish, client); });
}

/// On a thread of the entry's own, which its end waits for.
void Environments::heard(const Entry& entry, const PortEvent& event) {
  if (event.kind == PortEvent::Kind::opened) {
    show_in_browser(event, entry.caller.options.environment);
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, listener] : listeners_)
      listener(event, entry.caller.selection.workspace_folder);
  }
  changed();
}

std::uint64_t Environments::listen(
    std::function<void(const PortEvent&, const std::string& folder)> listener) {
  const std::lock_guard lock(mutex_);
  listeners_[++last_listener_] = std::move(listener);
  return last_listener_;
}

void Environments::unlisten(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(number);
}

std::uint64_t Environments::wait_for_change(std::uint64_t seen, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, stop, [&] { return changes_ != seen; });
  return changes_;
}

bool Environments::empty() {
  const std::lock_guard lock(mutex_);
  return entries_.empty() && restoring_ == 0;
}

void Environments::tidy() {
  std::vector<std::shared_ptr<Entry>> gone;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& pair) {
      // Looked into, but nothing to do for it.
      const auto& entry = *pair.second;
      const bool idle = entry.idle() && pair.second.use_count() == 1;
      if (!entry.ports->gone() && !idle) return false;
      gone.push_back(pair.second);
      return true;
    });
  }
  const bool any = !gone.empty();
  gone.clear();
  if (any) changed();
}

void Environments::freeze() {
  const std::lock_guard lock(saving_);
  frozen_ = true;
}

void Environments::forget() {
  const std::lock_guard lock(saving_);
  frozen_ = true;
  write_forwards(place_.forwards_file(), {});
}

void Environments::changed() {
  save();
  const std::lock_guard lock(mutex_);
  ++changes_;
  wake_.notify_all();
}

/// While some are still being taken up the file knows more than we do.
void Environments::save() {
  const std::lock_guard one(saving_);
  std::vector<SavedForwards> all;
  {
    const std::lock_guard lock(mutex_);
    if (frozen_ || restoring_ > 0) return;
    all = unanswered_;
    for (const auto& [key, entry] : entries_) {
      SavedForwards saved{.caller = entry->caller,
                          .detect = entry->detect,
                          .relay = entry->relay,
                          .sync = entry->sync};
      for (const auto& info : entry->ports->list()) {
        if (info.origin != ForwardOrigin::detected) saved.wishes.push_back(wish_of(info));
      }
      all.push_back(std::move(saved));
    }
  }
  write_forwards(place_.forwards_file(), all);
}

}  // namespace fairlead::server
