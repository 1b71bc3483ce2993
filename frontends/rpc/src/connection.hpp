#pragma once

#include "askpass.hpp"
#include "call.hpp"
#include "client.hpp"
#include "message.hpp"
#include "peer.hpp"
#include "subscriptions.hpp"
#include "workers.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace fairlead::rpc {

struct ConnectionOptions {
  /// The fairlead program, for lifecycle commands that go on after the answer of `up`; empty: `up`
  /// answers when all have ended.
  std::string executable;
};

/// One client, message by message: runs what it asks for, many at once, and answers in whatever
/// order they end. docs/json-rpc.md describes the protocol. `take` is called by one thread at a
/// time.
class Connection {
 public:
  Connection(Deliver deliver, ConnectionOptions options);
  ~Connection();

  /// A message of the client's. Never waits; who can wait calls `wait_for_room` before.
  void take(const std::string& message);

  /// While very many requests are under way or the client does not read its answers, until `stop`.
  void wait_for_room(const std::stop_token& stop);

  /// Whether the client has said `exit`; what comes after that means nothing.
  bool exited() const { return exited_; }
  /// Whether it did so in order, after `shutdown`.
  bool ended_in_order() const { return shut_down_ && exited_; }

  /// What cannot be read any further: the client learns why.
  void refuse(const Error& error);

  /// No message comes any more: cancels what still runs, unless the client wanted it to carry on
  /// (`cancel`: even that), and returns when it has ended.
  void end(bool cancel);

 private:
  void take(Request request);
  bool own_method(const Request& request);
  void initialize(const Request& request);
  void start(Request request, Call::Operation operation);
  bool subscribe(const Request& request);
  void answer_passwords(Client& client);
  void steer(const Request& request);
  void steer(const Request& request, Call& call);
  void reply(const Request& request, const std::string& result);
  void refuse(const Request& request, ErrorCode code, const std::string& why);
  std::shared_ptr<Call> call_with(const std::string& id);

  ConnectionOptions options_;
  std::shared_ptr<Peer> peer_;
  std::shared_ptr<const Client> client_;  ///< null until `initialize`
  std::unique_ptr<Askpass> askpass_;
  bool shut_down_ = false;
  bool exited_ = false;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Call>> calls_;
  Subscriptions subscriptions_{peer_};
  Workers steering_{1};  ///< signals and sizes, in their order
  Workers workers_;      ///< last: their threads use the rest
};

}  // namespace fairlead::rpc
