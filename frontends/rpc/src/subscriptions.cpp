#include "subscriptions.hpp"

#include "commands/forwarding.hpp"
#include "json_text.hpp"

#include <fairlead/core.hpp>
#include <fairlead/engine.hpp>
#include <fairlead/environment.hpp>
#include <fairlead/watch.hpp>

#include <server/client.hpp>

#include <array>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <latch>
#include <set>
#include <utility>
#include <vector>

namespace fairlead::rpc {
namespace {

using cli::json_string;

constexpr std::chrono::seconds look_for_process{1};
constexpr int most_subscriptions = 16;

struct Wish {
  std::vector<std::string> folders;
  bool environments = true;
  bool ports = true;
};

[[noreturn]] void refuse(const std::string& why) {
  throw Error(Status::invalid, "rpc.params", why);
}

bool flag_or_true(const std::string& params, std::string_view name) {
  return member_text(params, name) != "false";
}

Wish wish_of(const std::string& params, const Client& client) {
  Wish wish{.folders = {},
            .environments = flag_or_true(params, "environments"),
            .ports = flag_or_true(params, "ports")};
  const auto said = member_text(params, "workspaceFolders");
  auto folders = string_list(said);
  if (!said.empty() && !folders) refuse("'workspaceFolders' is no list of texts.");
  for (auto& folder : folders.value_or(std::vector<std::string>())) {
    if (folder.find("://") != std::string::npos)
      refuse("'" + folder + "' is not on this machine: its configuration cannot be watched.");
    auto path = std::filesystem::path(client.working_directory) / folder;
    wish.folders.push_back(path.lexically_normal().string());
    if (wish.folders.back().size() > 1 && wish.folders.back().ends_with('/'))
      wish.folders.back().pop_back();
  }
  return wish;
}

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

std::string member(std::string_view name, const std::string& value) {
  return ",\"" + std::string(name) + "\":" + json_string(value);
}

std::string_view word_of(EnvironmentEvent::Kind kind) {
  constexpr std::array<std::string_view, 4> words = {"environment.created", "environment.started",
                                                     "environment.stopped", "environment.removed"};
  return words.at(static_cast<std::size_t>(kind));
}

std::string_view word_of(ConfigurationEvent::Kind kind) {
  constexpr std::array<std::string_view, 3> words = {
      "configuration.appeared", "configuration.changed", "configuration.removed"};
  return words.at(static_cast<std::size_t>(kind));
}

/// One subscription while it runs.
class Subscription {
 public:
  Subscription(int number, Wish wish, const Client& client, std::shared_ptr<Peer> peer)
      : number_(number),
        wish_(std::move(wish)),
        peer_(std::move(peer)),
        core_({.environment = client.environment ? *client.environment : capture_environment(),
               .working_directory = client.working_directory.empty()
                                        ? std::filesystem::current_path().string()
                                        : client.working_directory},
              log_) {}

  /// Until `stop` is requested.
  void run(const std::function<void()>& on_ready, const std::stop_token& stop) {
    const bool folders = !wish_.folders.empty();
    // What has no environment can only be told by who hears of those that go.
    const bool environments = wish_.environments || folders;
    std::latch ready(int{environments} + int{folders} + int{wish_.ports});
    std::vector<std::jthread> threads;
    if (environments) threads.push_back(watching(ready, stop, &Subscription::environments));
    if (folders) threads.push_back(watching(ready, stop, &Subscription::configurations));
    if (wish_.ports) threads.push_back(watching(ready, stop, &Subscription::ports));
    ready.wait();
    on_ready();
    for (const auto& folder : wish_.folders) tell_without_environment(folder, stop);
  }

 private:
  using Ready = std::function<void()>;
  using Watch = void (Subscription::*)(const Ready& ready, const std::stop_token& stop);

  /// A watch that fails says so and is no reason for the others to wait.
  std::jthread watching(std::latch& ready, const std::stop_token& stop, Watch watch) {
    return std::jthread([this, &ready, stop, watch] {
      bool counted = false;
      const auto count = [&] {
        if (!std::exchange(counted, true)) ready.count_down();
      };
      try {
        (this->*watch)(count, stop);
      } catch (const std::exception& error) {
        tell("error", member("message", error.what()));
      }
      count();
    });
  }

  void tell(std::string_view type, const std::string& members) {
    peer_->send(notification_text("event", R"({"subscription":)" + std::to_string(number_) +
                                               R"(,"type":)" + json_string(type) + members + '}'));
  }

  void environments(const Ready& ready, const std::stop_token& stop) {
    watch_environments(
        core_, ready,
        [&](const EnvironmentEvent& event) {
          if (wish_.environments) {
            tell(word_of(event.kind),
                 member("backend", event.backend) + member("containerId", event.container_id) +
                     member("name", event.name) + member("workspaceFolder", event.local_folder) +
                     member("configFile", event.config_file));
          }
          if (event.kind != EnvironmentEvent::Kind::removed) return;
          for (const auto& folder : wish_.folders) {
            if (folder == event.local_folder) tell_configurations(folder);
          }
        },
        stop);
  }

  void configurations(const Ready& ready, const std::stop_token& stop) {
    watch_configurations(
        core_, wish_.folders, ready,
        [&](const ConfigurationEvent& event) {
          tell(word_of(event.kind), member("workspaceFolder", event.workspace_folder) +
                                        member("configFile", event.config_file));
          if (event.kind == ConfigurationEvent::Kind::appeared)
            tell_without_environment(event.workspace_folder, stop);
        },
        stop);
  }

  void tell_without_environment(const std::string& folder, const std::stop_token& stop) {
    if (list_configs(folder).empty()) return;
    try {
      for (const auto& environment : list(core_, /*all=*/true, stop).environments) {
        if (environment.local_folder == folder) return;
      }
    } catch (const Error&) {  // nobody knows whether it has one
      return;
    }
    tell_configurations(folder);
  }

  void tell_configurations(const std::string& folder) {
    const auto files = list_configs(folder);
    if (files.empty()) return;
    tell("workspace.withoutEnvironment",
         member("workspaceFolder", folder) + R"(,"configFiles":)" + cli::json_array(files));
  }

  /// The background process may come and go: it is there while there are forwards.
  void ports(const Ready& ready, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any end;
    while (!stop.stop_requested()) {
      try {
        if (auto client = server::Client::connect(cli::server_place(core_), stop)) {
          client->watch(
              ready, [&](const server::Client::Event& event) { tell_port(event); }, stop);
        }
      } catch (const Error&) {  // it has ended: the next one is looked for
      }
      ready();
      std::unique_lock lock(mutex);
      end.wait_for(lock, stop, look_for_process, [] { return false; });
    }
  }

  void tell_port(const server::Client::Event& event) {
    tell("port." + event.kind, member("workspaceFolder", event.folder) +
                                   member("action", event.action) + R"(,"forward":)" +
                                   cli::forward_json(event.forward));
  }

  const int number_;
  const Wish wish_;
  const std::shared_ptr<Peer> peer_;
  NoLog log_;
  Core core_;
};

}  // namespace

void Subscriptions::forget_ended() {
  const auto is_over = [](const auto& one) { return one.second.over->load(); };
  std::erase_if(running_, is_over);
  std::erase_if(ended_, is_over);
}

void Subscriptions::begin(const Request& request, const std::shared_ptr<const Client>& client) {
  auto wish = wish_of(request.params, *client);
  const std::lock_guard lock(mutex_);
  forget_ended();
  if (running_.size() >= most_subscriptions) {
    refuse("There are " + std::to_string(most_subscriptions) + " subscriptions already.");
  }
  const int number = ++last_;
  auto over = std::make_shared<std::atomic<bool>>(false);
  std::jthread thread([number, wish = std::move(wish), client, peer = peer_, id = request.id,
                       over](const std::stop_token& stop) {
    try {
      Subscription subscription(number, wish, *client, peer);
      subscription.run(
          [&] {
            peer->send(result_text(id, R"({"subscription":)" + std::to_string(number) + '}'));
          },
          stop);
    } catch (const Error& error) {
      peer->send(error_text(id, error));
    } catch (const std::exception& error) {  // no working folder, no more threads
      peer->send(error_text(id, Error(Status::failed, "rpc.subscription", error.what())));
    }
    *over = true;
  });
  running_.emplace(number, Running{std::move(over), std::move(thread)});
}

void Subscriptions::end(const Request& request) {
  const int number = number_member(request.params, "subscription", 0);
  const std::lock_guard lock(mutex_);
  auto found = running_.extract(number);
  if (found.empty()) refuse("There is no such subscription.");
  found.mapped().thread.request_stop();
  ended_.insert(std::move(found));
}

void Subscriptions::request_end() {
  const std::lock_guard lock(mutex_);
  for (auto& [number, one] : running_) one.thread.request_stop();
}

}  // namespace fairlead::rpc
