#pragma once

#include "server/channel.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <stop_token>
#include <string>

namespace fairlead::server {

/// One request while it is answered.
struct RpcCall {
  std::stop_token stop;  ///< the client has gone, or wants no answer any more
  /// Sends a notification; false: nobody hears it.
  std::function<bool(const std::string& method, const nlohmann::json& params)> notify;
};

/// JSON-RPC 2.0: which function answers which method. Add methods before serving; then any thread
/// may serve a connection.
class Dispatcher {
 public:
  /// Throws Error to fail. Runs on a thread of its own and may block.
  using Method = std::function<nlohmann::json(const nlohmann::json& params, RpcCall& call)>;
  void add(std::string name, Method method);

  /// Answers what comes until the connection ends or `stop` is requested: each request on a thread
  /// of its own, all of them cancelled when the client hangs up, or one by "$/cancelRequest".
  void serve(Channel& channel, const std::stop_token& stop) const;

 private:
  std::string answer(const nlohmann::json& request, RpcCall& call) const;

  std::map<std::string, Method> methods_;
};

}  // namespace fairlead::server
