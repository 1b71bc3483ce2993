#pragma once

#include "server/caller.hpp"
#include "server/channel.hpp"
#include "server/place.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead::server {

/// How to start the background process.
struct StartOptions {
  Place place;
  std::vector<std::string> command;  ///< started detached; gets `--ready-fd=3`
  Environment environment;
  std::string version;  ///< of this program: an older process hands over to one of it
};

/// A connection to the user's background process. One thread. Every call throws "server.gone" when
/// the process ends meanwhile, and Error(cancelled) when `stop` is requested.
class Client {
 public:
  /// Nothing: none runs.
  static std::optional<Client> connect(const Place& place, const std::stop_token& stop);
  /// Starts one when none runs, or an older one. Throws "server.start".
  static Client start(const StartOptions& options, const std::stop_token& stop);

  const std::string& version() const { return version_; }
  int pid() const { return pid_; }

  EnvironmentForwards forward(const Caller& caller, const ForwardOrder& order,
                              const std::stop_token& stop);
  std::vector<ForwardInfo> unforward(const Caller& caller, const std::vector<PortTarget>& targets,
                                     bool reverse, const std::stop_token& stop);
  std::vector<EnvironmentForwards> list(const std::optional<Caller>& caller,
                                        const std::stop_token& stop);
  void end(const std::string& container_id, const std::stop_token& stop);
  /// Ends the process and waits until nobody can reach it any more; `keep`: its forwards stay in
  /// the file for the next one.
  void stop_server(bool keep, const std::stop_token& stop);

  /// Something that happened: "opened", "closed", "gone".
  struct Event {
    std::string kind;
    std::string folder;
    std::string action;
    ForwardInfo forward;
  };
  /// Until `stop` is requested; `on_ready` is called once, when nothing can be missed any more.
  void watch(const std::function<void()>& on_ready,
             const std::function<void(const Event&)>& on_event, const std::stop_token& stop);

 private:
  explicit Client(UniqueFd socket);
  nlohmann::json call(const std::string& method, const nlohmann::json& params,
                      const std::stop_token& stop,
                      const std::function<void(const nlohmann::json&)>& on_notification = {});
  void greet(const std::stop_token& stop);

  std::unique_ptr<Channel> channel_;
  std::string version_;
  int pid_ = 0;
  int last_id_ = 0;
};

}  // namespace fairlead::server
