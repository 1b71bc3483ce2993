#pragma once

#include "client.hpp"
#include "command.hpp"
#include "message.hpp"
#include "native.hpp"
#include "peer.hpp"
#include "streams.hpp"

#include <fairlead/engine.hpp>

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace fairlead::rpc {

/// One method that runs. `run` is called once, on a thread of its own; everything else from any
/// thread meanwhile.
class Call {
 public:
  /// What runs: a command of the command line, or a method that none has.
  struct Operation {
    cli::CommandId command = cli::CommandId::top;
    const NativeMethod* native = nullptr;
  };

  /// `executable`: the fairlead program, for what goes on behind an answer; empty: nothing does.
  Call(Request request, Operation operation, std::shared_ptr<const Client> client,
       std::shared_ptr<Peer> peer, std::string executable);

  const std::string& id() const { return request_.id; }

  /// Runs the command and returns the answer. Never throws.
  std::string run();

  /// What it does is of no use once the client has gone.
  bool needs_the_client() const;

  void cancel() { stop_.request_stop(); }
  /// For the command's stdin. Throws Error "rpc.stream" when it has none, or when too much waits.
  void input(std::string bytes, bool end);
  /// Throws Error "rpc.stream" before the command runs.
  void resize(TerminalSize size);
  void signal(const std::string& name);

 private:
  std::string answer();
  std::string result_of(int exit_code, const std::string& output) const;
  ExecControl& control();

  Request request_;
  Operation operation_;
  std::shared_ptr<const Client> client_;
  std::shared_ptr<Peer> peer_;
  std::string executable_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::shared_ptr<ExecControl> control_;
  Input input_;
};

}  // namespace fairlead::rpc
