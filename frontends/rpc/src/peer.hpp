#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace fairlead::rpc {

/// Delivers one message, waiting as long as that takes or until `stop` is requested; false when it
/// could not be delivered, and then nothing else will be.
using Deliver = std::function<bool(std::string_view message, const std::stop_token& stop)>;

/// The other side of a connection, as operations see it: messages go out in the order in which they
/// are given, by a thread of its own. All functions may be called from any thread.
class Peer {
 public:
  /// What may wait to be written before `send` does: a slow reader slows down whoever writes to it,
  /// and nobody else.
  static constexpr std::size_t most_waiting = std::size_t{4} << 20;

  explicit Peer(Deliver deliver);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Sends one message. Nothing happens once the other side has gone.
  void send(const std::string& message);

  /// The same without waiting: for who answers what the other side itself has asked.
  void answer(const std::string& message);
  /// Until there is room for answers, the other side has gone, or `stop` is requested.
  void wait_for_room(const std::stop_token& stop);

  /// Asks the other side; nullopt when it fails, goes, does not answer in time, or `stop` comes.
  std::optional<std::string> ask(std::string_view method, const std::string& params,
                                 std::chrono::seconds most, const std::stop_token& stop);

  /// An answer that has come; one that nobody waits for is dropped.
  void answered(const std::string& id, std::string result);

  /// The other side has gone: nothing is written and nobody waits any more.
  void close();

  /// What was given is written, or the other side has gone, or ten seconds are over.
  void flush();

 private:
  void deliver_all();

  Deliver deliver_;
  std::stop_source end_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool delivering_ = false;
  bool closed_ = false;
  int last_question_ = 0;
  std::map<std::string, std::optional<std::string>> questions_;  ///< by id; the answer
  std::jthread thread_;
};

}  // namespace fairlead::rpc
