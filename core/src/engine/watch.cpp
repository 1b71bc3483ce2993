#include "engine/asked.hpp"
#include "engine/deadlines.hpp"
#include "engine/host_access.hpp"

#include <fairlead/watch.hpp>

#include <condition_variable>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

using std::chrono::seconds;

constexpr seconds settled{1};       // after which what a stream missed at its beginning is found
constexpr seconds usual_round{30};  // of a backend that reports events
constexpr seconds short_round{2};   // of one that does not
constexpr seconds watch_again{1};   // after the backend broke its stream off
constexpr seconds answer_limit{5};

std::string label(const Labels& labels, const char* key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

/// The environments of one backend of one place. Events say at once what happens; lists find what
/// they missed. Either way each change is told once.
class BackendWatch {
 public:
  using Tell = std::function<void(const EnvironmentEvent&)>;

  BackendWatch(Core& core, std::string name, Settings settings, Tell tell, std::latch& ready)
      : core_(core),
        name_(std::move(name)),
        settings_(std::move(settings)),
        tell_(std::move(tell)),
        looking_([this, &ready](const std::stop_token& stop) { look_again(ready, stop); }),
        watching_([this](const std::stop_token& stop) { watch(stop); }) {}

  void request_stop() {
    looking_.request_stop();
    watching_.request_stop();
  }

 private:
  struct Known {
    EnvironmentEvent about;
    bool running = false;
  };

  std::shared_ptr<Backend> backend(const std::stop_token& stop) {
    auto host = connect_host(core_, settings_, {.stop = stop, .timeout = answer_limit});
    return backend_at(core_, name_, settings_, std::move(host));
  }

  void look_again(std::latch& ready, const std::stop_token& stop) {
    look(stop);
    ready.count_down();
    auto round = settled;
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, round, [&] { return std::exchange(look_, false); });
        round = silent_ ? short_round : usual_round;
      }
      if (!stop.stop_requested()) look(stop);
    }
  }

  void look(const std::stop_token& stop) {
    try {
      std::uint64_t before = 0;
      {
        const std::lock_guard lock(mutex_);
        before = heard_;
      }
      const auto reply = backend(stop)->list({.labels = {}, .all = true}, question(stop));
      const std::lock_guard lock(mutex_);
      // A list from before an event may contradict it.
      heard_ == before ? compare(reply.instances) : void(look_ = true);
    } catch (const Error& error) {  // it is asked again; what it had may still be there
      core_.log().text(LogLevel::debug, error.message());
    }
  }

  /// With the lock held.
  void compare(const std::vector<InstanceInfo>& instances) {
    std::map<std::string, Known> now;
    for (const auto& instance : instances) {
      if (!is_environment(instance.labels)) continue;
      const bool running = instance.state == InstanceState::running;
      now[instance.id] = {about(instance.id, instance.name, instance.labels), running};
    }
    if (!std::exchange(compared_, true)) return known_.swap(now);
    for (const auto& [id, known] : std::map(known_)) {
      if (!now.contains(id)) change(known.about, EnvironmentEvent::Kind::removed);
    }
    for (const auto& [id, known] : now) {
      change(known.about, EnvironmentEvent::Kind::created);
      change(known.about,
             known.running ? EnvironmentEvent::Kind::started : EnvironmentEvent::Kind::stopped);
    }
  }

  void watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        CallOptions options{.stop = stop};
        options.on_event = [this](const Event& event) {
          if (event.instance) hear(*event.instance);
        };
        backend(stop)->watch({.labels = {}}, std::move(options));
      } catch (const Error& error) {
        const std::lock_guard lock(mutex_);
        silent_ = error.status() == Status::unsupported;
        if (silent_) return wake_.notify_all();
      }
      std::unique_lock lock(mutex_);
      look_ = true;
      wake_.notify_all();
      pause_.wait_for(lock, stop, watch_again, [] { return false; });
    }
  }

  void hear(const InstanceEvent& event) {
    static const std::map<std::string, EnvironmentEvent::Kind> kinds = {
        {"create", EnvironmentEvent::Kind::created},  {"start", EnvironmentEvent::Kind::started},
        {"die", EnvironmentEvent::Kind::stopped},     {"stop", EnvironmentEvent::Kind::stopped},
        {"destroy", EnvironmentEvent::Kind::removed}, {"remove", EnvironmentEvent::Kind::removed}};
    const auto kind = kinds.find(event.action);
    if (kind == kinds.end()) return;
    const std::lock_guard lock(mutex_);
    ++heard_;
    const auto known = known_.find(event.id);
    if (known != known_.end()) return change(EnvironmentEvent(known->second.about), kind->second);
    if (!compared_ || !is_environment(event.labels)) return;
    if (kind->second == EnvironmentEvent::Kind::removed) return;
    const auto made = about(event.id, label(event.labels, "name"), event.labels);
    change(made, EnvironmentEvent::Kind::created);
    change(made, kind->second);
  }

  /// Tells it unless it is no change. With the lock held.
  void change(EnvironmentEvent event, EnvironmentEvent::Kind kind) {
    using Kind = EnvironmentEvent::Kind;
    const auto known = known_.find(event.container_id);
    const bool there = known != known_.end();
    if (kind == Kind::created ? there : !there) return;
    if (kind == Kind::started && known->second.running) return;
    if (kind == Kind::stopped && !known->second.running) return;
    if (kind == Kind::removed && known->second.running) change(event, Kind::stopped);
    event.kind = kind;
    if (kind == Kind::removed) {
      known_.erase(event.container_id);
    } else {
      known_[event.container_id] = {event, kind == Kind::started};
    }
    tell_(event);
  }

  EnvironmentEvent about(const std::string& id, const std::string& name, const Labels& labels) {
    return {.backend = shown_name(name_, settings_),
            .container_id = id,
            .name = name,
            .local_folder = label(labels, "devcontainer.local_folder"),
            .config_file = label(labels, "devcontainer.config_file")};
  }

  Core& core_;
  const std::string name_;
  const Settings settings_;
  const Tell tell_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any pause_;
  std::map<std::string, Known> known_;  ///< by id
  bool compared_ = false;               ///< a list has been there: what follows is news
  std::uint64_t heard_ = 0;             ///< events
  bool silent_ = false;                 ///< it reports no events
  bool look_ = false;
  std::jthread looking_;
  std::jthread watching_;  ///< the threads last: they use the rest
};

/// Two backends may speak to one engine: what was said a moment ago is not said again.
class Once {
 public:
  explicit Once(const std::function<void(const EnvironmentEvent&)>& tell) : tell_(tell) {}

  void tell(const std::string& backend, const EnvironmentEvent& event) {
    const std::lock_guard lock(mutex_);
    const auto owner = owners_.try_emplace(event.container_id, backend).first->second;
    if (owner != backend) return;
    if (event.kind == EnvironmentEvent::Kind::removed) {
      gone_.push_back(event.container_id);
      if (gone_.size() > remembered) {
        owners_.erase(gone_.front());
        gone_.erase(gone_.begin());
      }
    }
    tell_(event);
  }

 private:
  static constexpr std::size_t remembered = 1000;
  const std::function<void(const EnvironmentEvent&)>& tell_;
  std::mutex mutex_;
  std::map<std::string, std::string> owners_;  ///< by container
  std::vector<std::string> gone_;              ///< the other backend may hear of it later
};

}  // namespace

void watch_environments(Core& core, const std::function<void()>& on_ready,
                        const std::function<void(const EnvironmentEvent&)>& on_event,
                        const std::stop_token& stop) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  const auto names = names_to_ask(core, settings);
  const auto places = places_to_ask(settings);
  Once once(on_event);
  std::latch ready(static_cast<std::ptrdiff_t>(names.size() * places.size()));
  std::vector<std::unique_ptr<BackendWatch>> watches;
  for (const auto& place : places) {
    for (const auto& name : names) {
      const auto key = shown_name(name, place);
      watches.push_back(std::make_unique<BackendWatch>(
          core, name, place, [&once, key](const EnvironmentEvent& event) { once.tell(key, event); },
          ready));
    }
  }
  const std::stop_callback on_stop(stop, [&] {
    for (const auto& watch : watches) watch->request_stop();
  });
  ready.wait();
  on_ready();
  std::mutex mutex;
  std::condition_variable_any end;
  std::unique_lock lock(mutex);
  end.wait(lock, stop, [] { return false; });
}

}  // namespace fairlead
