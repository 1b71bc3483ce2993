#include "engine/plugin_forward.hpp"

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace fairlead {
namespace {

constexpr std::chrono::seconds start_limit{30};

/// Between the call's thread and the one that waits for its start; either may go first.
struct Start {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::optional<std::string> where;
  std::optional<Error> failure;

  void tell(std::optional<std::string> place, std::optional<Error> error) {
    const std::lock_guard lock(mutex);
    if (where || failure) return;
    where = std::move(place);
    failure = std::move(error);
    wake.notify_all();
  }
};

Error silent() {
  return {Status::failed, "ports.plugin", "The plugin that forwards ports does not say where."};
}

void run(PortForwarder& forwarder, const PortsForwardRequest& request, Start& start,
         const std::stop_token& stop) {
  CallOptions options{.stop = stop};
  options.on_event = [&](const Event& event) {
    if (event.started) start.tell(event.started, {});
  };
  try {
    forwarder.forward(request, std::move(options));
    start.tell({}, silent());
  } catch (const Error& error) {
    start.tell({}, error);
  }
}

}  // namespace

PluginForward::PluginForward(std::shared_ptr<PortForwarder> forwarder, PortsForwardRequest request,
                             const std::stop_token& stop) {
  const auto start = std::make_shared<Start>();
  thread_ =
      std::jthread([forwarder = std::move(forwarder), request = std::move(request),
                    start](const std::stop_token& end) { run(*forwarder, request, *start, end); });
  std::unique_lock lock(start->mutex);
  start->wake.wait_for(lock, stop, start_limit, [&] { return start->where || start->failure; });
  if (start->failure) throw Error(*start->failure);
  if (!start->where) throw silent();
  const auto& where = *start->where;
  const auto colon = where.rfind(':');
  if (colon == std::string::npos) throw silent();
  address_ = where.substr(0, colon);
  std::from_chars(where.data() + colon + 1, where.data() + where.size(), port_);
}

}  // namespace fairlead
