#include "server/client.hpp"

#include "server/detached.hpp"
#include "server/methods.hpp"
#include "server/wire.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

namespace fairlead::server {
namespace {

constexpr std::chrono::seconds start_limit{15};
constexpr int ready_number = 3;
constexpr int most_starts = 5;

Error gone() {
  return {Status::unavailable, "server.gone", "The background process has ended.",
          "The same command starts it again."};
}

Error cancelled() { return {Status::cancelled, "call.cancelled", "the operation was cancelled"}; }

/// Until it says that it is there, or has ended.
void wait_for_byte(const UniqueFd& fd) {
  pollfd one{fd.get(), POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(start_limit);
  ::poll(&one, 1, static_cast<int>(limit.count()));
}

void start_process(const StartOptions& options) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw gone();
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  std::error_code made;
  std::filesystem::create_directories(options.place.state, made);  // for its log
  auto words = options.command;
  words.push_back("--ready-fd=" + std::to_string(ready_number));
  const auto started = spawn_detached({.argv = words,
                                       .environment = options.environment,
                                       .error_file = options.place.log_file(),
                                       .descriptors = {{&write_end, ready_number}}});
  if (started == 0) {
    throw Error(Status::failed, "server.start",
                "The background process '" + words.front() + "' cannot be started.");
  }
  write_end.reset();
  wait_for_byte(read_end);
}

Json targets_json(const std::vector<PortTarget>& targets) {
  auto list = Json::array();
  for (const auto& target : targets) list.push_back(to_json(target));
  return list;
}

/// A member of an answer; a missing one is null.
Json member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? Json() : *found;
}

}  // namespace

Client::Client(UniqueFd socket) : channel_(std::make_unique<Channel>(std::move(socket))) {}

void Client::greet(const std::stop_token& stop) {
  const auto answer = call("server/hello", Json::object(), stop);
  version_ = answer.value("version", "");
  pid_ = answer.value("pid", 0);
}

std::optional<Client> Client::connect(const Place& place, const std::stop_token& stop) {
  auto socket = connect_to(place);
  if (!socket) return std::nullopt;
  Client client(std::move(socket));
  try {
    client.greet(stop);
  } catch (const Error& error) {
    if (error.code() != "server.gone") throw;
    return std::nullopt;  // it was about to end
  }
  return client;
}

Client Client::start(const StartOptions& options, const std::stop_token& stop) {
  for (int i = 0; i < most_starts; ++i) {
    if (stop.stop_requested()) throw cancelled();
    auto client = connect(options.place, stop);
    if (client && !is_newer(options.version, client->version())) return std::move(*client);
    if (client) client->stop_server(/*keep=*/true, stop);
    start_process(options);
  }
  throw Error(Status::failed, "server.start", "The background process does not start.",
              "What it says is in " + options.place.log_file() + '.');
}

Json Client::call(const std::string& method, const Json& params, const std::stop_token& stop,
                  const std::function<void(const Json&)>& on_notification) {
  const int id = ++last_id_;
  const Json request{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
  if (!channel_->send(request.dump(-1, ' ', false, Json::error_handler_t::replace))) throw gone();
  for (;;) {
    const auto text = channel_->receive(stop);
    if (!text && stop.stop_requested()) throw cancelled();
    if (!text) throw gone();
    const auto answer = parse(*text);
    if (answer.contains("method")) {
      if (on_notification) on_notification(answer);
      continue;
    }
    if (member(answer, "id") != id) continue;
    if (answer.contains("error")) throw error_from(answer["error"]);
    return member(answer, "result");
  }
}

EnvironmentForwards Client::forward(const Caller& caller, const ForwardOrder& order,
                                    const std::stop_token& stop) {
  auto list = Json::array();
  for (const auto& wish : order.wishes) list.push_back(to_json(wish));
  return environment_from(call("ports/forward",
                               {{"caller", to_json(caller)},
                                {"configured", order.configured},
                                {"detect", order.detect},
                                {"relay", order.relay},
                                {"sync", order.sync},
                                {"forwards", std::move(list)}},
                               stop));
}

std::vector<ForwardInfo> Client::unforward(const Caller& caller,
                                           const std::vector<PortTarget>& targets, bool reverse,
                                           const std::stop_token& stop) {
  std::vector<ForwardInfo> ended;
  const auto answer =
      call("ports/unforward",
           {{"caller", to_json(caller)}, {"targets", targets_json(targets)}, {"reverse", reverse}},
           stop);
  for (const auto& entry : member(answer, "ended")) ended.push_back(info_from(entry));
  return ended;
}

std::vector<EnvironmentForwards> Client::list(const std::optional<Caller>& caller,
                                              const std::stop_token& stop) {
  Json params = Json::object();
  if (caller) params["caller"] = to_json(*caller);
  std::vector<EnvironmentForwards> out;
  const auto answer = call("ports/list", params, stop);
  for (const auto& entry : member(answer, "environments")) out.push_back(environment_from(entry));
  return out;
}

void Client::end(const std::string& container_id, const std::stop_token& stop) {
  call("ports/end", {{"containerId", container_id}}, stop);
}

void Client::stop_server(bool keep, const std::stop_token& stop) {
  call("server/stop", {{"keepForwards", keep}}, stop);
  while (channel_->receive(stop)) {
  }
}

void Client::watch(const std::function<void()>& on_ready,
                   const std::function<void(const Event&)>& on_event, const std::stop_token& stop) {
  call("ports/watch", Json::object(), stop, [&](const Json& message) {
    const auto params = member(message, "params");
    if (message.value("method", "") == "ports/watching") return on_ready();
    on_event({.kind = params.value("kind", ""),
              .folder = params.value("workspaceFolder", ""),
              .action = params.value("action", ""),
              .forward = info_from(member(params, "forward"))});
  });
}

}  // namespace fairlead::server
