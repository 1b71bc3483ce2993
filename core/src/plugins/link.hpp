#pragma once

#include "plugins/cancel_watch.hpp"
#include "plugins/wire.hpp"
#include "plugins/workers.hpp"

#include <fairlead/abi.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fairlead {

/// Calls in both directions over one socket, between us and a plugin in a process of its own.
/// Thread-safe.
class PluginLink {
 public:
  struct Target {
    fairlead_op op = nullptr;  ///< null: there is none
    void* self = nullptr;
  };
  struct Hooks {
    std::function<Target(int interface, int slot)> find;  ///< what the other side may call
    std::function<void(int level, const std::string& text)> log;
    std::function<void(const std::string& fault)> fault;  ///< the other side breaks the contract
    /// The other side asked for the end: on a thread of its own, while calls still go both ways.
    /// When it returns, the link is shut. Without it the end comes at once.
    std::function<void()> ending;
    /// The other side is gone; called once, before open calls are ended with what it returns, the
    /// text of a Failure for the operation.
    std::function<std::string(int interface, int slot)> gone;
  };

  PluginLink(UniqueFd socket, std::shared_ptr<Workers> workers, Hooks hooks);
  /// Ends both directions and waits for its thread and for what runs for the other side.
  ~PluginLink();
  PluginLink(const PluginLink&) = delete;
  PluginLink& operator=(const PluginLink&) = delete;

  /// Before `run`: waits for a greeting; empty: the other side ended without one.
  std::string greeting();
  void greet(const std::string& text);
  /// Serves in this thread until the other side is gone or says the end.
  void serve();
  /// Serves in a thread of its own.
  void run();

  /// Makes a call there; false: the other side is gone and nothing was done.
  bool call(int interface, int slot, fairlead_str request, const fairlead_call* call);
  void log(int level, fairlead_str text);
  /// Cancels what runs here for the other side; false: something does not end in time.
  bool idle_within(std::chrono::milliseconds limit);
  /// Asks the other side to end; false: it is still there after `limit`.
  bool end(std::chrono::milliseconds limit);

 private:
  struct Outgoing;
  struct Served;
  static void on_event(const fairlead_call* raw, fairlead_str event) noexcept;
  static void on_done(const fairlead_call* raw, fairlead_status status, fairlead_str body,
                      const std::int32_t* fds, std::size_t fd_count) noexcept;

  std::optional<WireMessage> next();
  void begin(WireMessage message);
  static void run_kept(std::shared_ptr<Served> served, const Target& target);
  void deliver(const WireMessage& message);
  void finish(WireMessage message);
  void cancel(std::uint64_t number);
  bool begin_ending();
  void cancel_served();
  void lose();
  std::shared_ptr<Outgoing> outgoing(std::uint64_t number, bool ended);

  Wire wire_;
  const std::shared_ptr<Workers> workers_;
  const Hooks hooks_;
  CancelWatch watch_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool lost_ = false;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::shared_ptr<Outgoing>> outgoing_;
  std::map<std::uint64_t, std::shared_ptr<Served>> served_;
  std::thread thread_;
};

}  // namespace fairlead
