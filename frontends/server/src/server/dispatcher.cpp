#include "server/dispatcher.hpp"

#include "server/wire.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <list>
#include <memory>
#include <thread>
#include <utility>

namespace fairlead::server {
namespace {

constexpr std::size_t most_requests = 64;  // of one connection at a time
constexpr int method_not_found = -32601;
constexpr int internal_error = -32603;

/// One request under way.
struct Running {
  Json id;
  std::shared_ptr<std::atomic<bool>> done = std::make_shared<std::atomic<bool>>(false);
  std::jthread thread;
};

std::string message(Json content) {
  content["jsonrpc"] = "2.0";
  return content.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json failure(int code, const std::string& text) { return {{"code", code}, {"message", text}}; }

}  // namespace

void Dispatcher::add(std::string name, Method method) {
  methods_.insert_or_assign(std::move(name), std::move(method));
}

std::string Dispatcher::answer(const Json& request, RpcCall& call) const {
  const auto id = request.value("id", Json());
  const auto method = methods_.find(request.value("method", std::string()));
  if (method == methods_.end()) {
    return message({{"id", id}, {"error", failure(method_not_found, "There is no such method.")}});
  }
  try {
    return message(
        {{"id", id}, {"result", method->second(request.value("params", Json::object()), call)}});
  } catch (const Error& error) {
    return message({{"id", id}, {"error", to_json(error)}});
  } catch (const std::exception& error) {
    return message({{"id", id}, {"error", failure(internal_error, error.what())}});
  }
}

void Dispatcher::serve(Channel& channel, const std::stop_token& stop) const {
  std::list<Running> running;  // ends, cancelled, with this function
  const auto notify = [&](const std::string& method, const Json& params) {
    return channel.send(message({{"method", method}, {"params", params}}));
  };
  while (const auto text = channel.receive(stop)) {
    auto request = parse(*text);
    std::erase_if(running, [](const auto& one) { return one.done->load(); });
    if (request.contains("method") && !request["method"].is_string()) request.erase("method");
    if (request.value("method", std::string()) == "$/cancelRequest") {
      const auto id = request.value("params", Json::object()).value("id", Json());
      for (auto& one : running) {
        if (one.id == id) one.thread.request_stop();
      }
      continue;
    }
    if (running.size() >= most_requests) break;
    auto& one = running.emplace_back(Running{.id = request.value("id", Json()), .thread = {}});
    one.thread = std::jthread([this, &channel, notify, done = one.done,
                               request = std::move(request)](const std::stop_token& token) {
      RpcCall call{.stop = token, .notify = notify};
      const auto reply = answer(request, call);
      if (request.contains("id")) channel.send(reply);
      *done = true;
    });
  }
  for (auto& one : running) one.thread.request_stop();
}

}  // namespace fairlead::server
