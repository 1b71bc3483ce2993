#pragma once

#include "plugins/workers.hpp"

#include <fairlead/abi.h>
#include <fairlead/backend.hpp>
#include <fairlead/events.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// What all calls into one plugin share. Thread-safe.
class PluginContext {
 public:
  PluginContext(std::string plugin_id, Log events, std::shared_ptr<Workers> threads,
                std::chrono::milliseconds cancel_grace)
      : id(std::move(plugin_id)), log(events), workers(std::move(threads)), grace(cancel_grace) {}

  const std::string id;
  const Log log;
  const std::shared_ptr<Workers> workers;
  const std::chrono::milliseconds grace;  ///< from a cancel to the call being abandoned

  /// Marks the plugin as one that breaks the contract; the first time it is said why.
  void fault(const std::string& what);
  bool faulty() const { return faulty_; }

  /// An operation did not end after its cancel: the instance can never be destroyed.
  void set_abandoned() { abandoned_ = true; }
  bool abandoned() const { return abandoned_; }

  /// Keeps the record of a finished call for a while: a plugin that answers twice from a thread of
  /// its own must find it.
  void keep(std::shared_ptr<void> finished);
  /// Ends that, once the instance is destroyed. The records hold this context: without it they
  /// stay.
  void forget();

 private:
  std::atomic<bool> faulty_ = false;
  std::atomic<bool> abandoned_ = false;
  std::mutex mutex_;
  std::vector<std::shared_ptr<void>> finished_;  ///< a ring
  std::size_t next_ = 0;
};

/// One operation of a plugin, ready to be called.
struct PluginCall {
  const char* operation;  ///< the slot's name; a literal
  fairlead_op op;
  void* self;
  std::shared_ptr<PluginContext> context;
  std::shared_ptr<const void> instance;  ///< held until the operation has returned
};

struct CallReply {
  std::string body;
  std::vector<UniqueFd> fds;
};

/// Calls `call` with `request` on a thread of its own and waits for the answer.
///
/// Throws the plugin's failure as Error with its status, code, message and hint; Error(cancelled,
/// "call.cancelled") or Error(timeout, "call.timeout") when the call ended for those; Error with
/// "plugin.no_answer" when it did not end within the grace and was abandoned; rethrows what
/// `options.on_event` threw, which cancels the call.
CallReply run_call(const PluginCall& call, std::string request, CallOptions options);

}  // namespace fairlead
