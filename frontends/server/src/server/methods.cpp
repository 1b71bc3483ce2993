#include "server/methods.hpp"

#include "server/wire.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>

namespace fairlead::server {
namespace {

std::optional<Caller> caller_in(const Json& params) {
  const auto found = params.find("caller");
  if (found == params.end() || found->is_null()) return std::nullopt;
  return caller_from(*found);
}

Caller required_caller(const Json& params) {
  auto caller = caller_in(params);
  if (!caller) {
    throw Error(Status::invalid, "server.protocol", "The request does not say who asks.");
  }
  return std::move(*caller);
}

template <class T, class Read>
std::vector<T> list_in(const Json& params, const char* name, const Read& read) {
  std::vector<T> out;
  const auto found = params.find(name);
  if (found == params.end() || !found->is_array()) return out;
  for (const auto& entry : *found) out.push_back(read(entry));
  return out;
}

bool flag_in(const Json& params, const char* name) {
  const auto found = params.find(name);
  return found != params.end() && found->is_boolean() && found->get<bool>();
}

std::string text_in(const Json& params, const char* name) {
  const auto found = params.find(name);
  return found != params.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json environments_json(const std::vector<EnvironmentForwards>& environments) {
  auto list = Json::array();
  for (const auto& environment : environments) list.push_back(to_json(environment));
  return {{"environments", std::move(list)}};
}

Json forward(Environments& environments, const Json& params, const RpcCall& call) {
  const ForwardOrder order{.configured = flag_in(params, "configured"),
                           .detect = flag_in(params, "detect"),
                           .relay = flag_in(params, "relay"),
                           .sync = flag_in(params, "sync"),
                           .wishes = list_in<ForwardWish>(params, "forwards", wish_from)};
  return to_json(environments.forward(required_caller(params), order, call.stop));
}

Json unforward(Environments& environments, const Json& params, const RpcCall& call) {
  const auto targets = list_in<PortTarget>(params, "targets", target_from);
  auto list = Json::array();
  for (const auto& info : environments.unforward(required_caller(params), targets,
                                                 flag_in(params, "reverse"), call.stop)) {
    list.push_back(to_json(info));
  }
  return {{"ended", std::move(list)}};
}

/// Events between the thread that has them and the one that sends them: nobody waits for a client.
class EventQueue {
 public:
  EventQueue(Environments& environments, const std::stop_token& stop)
      : environments_(environments),
        stop_(stop),
        number_(environments.listen([this](const PortEvent& event, const std::string& folder) {
          const std::lock_guard lock(mutex_);
          if (events_.size() < most) events_.push_back(to_json(event, folder));
          wake_.notify_one();
        })) {}
  ~EventQueue() { environments_.unlisten(number_); }
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Nothing: the client has gone.
  std::optional<Json> next() {
    std::unique_lock lock(mutex_);
    if (!wake_.wait(lock, stop_, [&] { return !events_.empty(); })) return std::nullopt;
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  static constexpr std::size_t most = 1000;
  Environments& environments_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Json> events_;
  std::uint64_t number_;
};

Json watch(Environments& environments, RpcCall& call) {
  EventQueue queue(environments, call.stop);
  call.notify("ports/watching", Json::object());
  while (auto event = queue.next()) {
    if (!call.notify("ports/event", *event)) break;
  }
  return Json::object();
}

Json change(Environments& environments, const Json& params, const RpcCall& call) {
  const auto found = params.find("seen");
  const auto seen =
      found != params.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  return {{"change", environments.wait_for_change(seen, call.stop)}};
}

std::vector<int> numbers(const std::string& version) {
  std::vector<int> out;
  std::istringstream text(version);
  for (int number = 0; text >> number;) {
    out.push_back(number);
    if (text.get() != '.') break;
  }
  return out;
}

}  // namespace

bool is_newer(const std::string& version, const std::string& other) {
  return numbers(version) > numbers(other);
}

void add_methods(Dispatcher& dispatcher, Environments& environments, const Life& life) {
  dispatcher.add("server/hello", [&life](const Json&, RpcCall&) -> Json {
    return {{"version", life.version}, {"pid", ::getpid()}};
  });
  dispatcher.add("server/stop", [&life](const Json& params, RpcCall&) -> Json {
    life.end(flag_in(params, "keepForwards"));
    return Json::object();
  });
  dispatcher.add("ports/forward", [&](const Json& params, RpcCall& call) {
    return forward(environments, params, call);
  });
  dispatcher.add("ports/unforward", [&](const Json& params, RpcCall& call) {
    return unforward(environments, params, call);
  });
  dispatcher.add("ports/end", [&](const Json& params, RpcCall&) -> Json {
    return {{"ended", environments.end(text_in(params, "containerId"))}};
  });
  dispatcher.add("ports/list", [&](const Json& params, RpcCall& call) {
    return environments_json(environments.list(caller_in(params), call.stop));
  });
  dispatcher.add("ports/watch",
                 [&](const Json&, RpcCall& call) { return watch(environments, call); });
  dispatcher.add("ports/change", [&](const Json& params, RpcCall& call) {
    return change(environments, params, call);
  });
}

}  // namespace fairlead::server
