#pragma once

#include "ports/relay_session.hpp"

#include <fairlead/relay/mux.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead::ports {

/// Told of what the relay says of a channel that is more than a stream of bytes.
class RelayReply {
 public:
  virtual ~RelayReply() = default;
  virtual void on_listening(int port) { (void)port; }
  virtual void on_accepted(std::uint32_t channel, std::uint32_t credit) {
    (void)channel, (void)credit;
  }
  virtual void on_exit(int status) { (void)status; }
  virtual void on_gone() {}
};

/// The host's side of the protocol, on the thread that moves the bytes.
class HostMux final : public relay::Mux {
 public:
  HostMux(relay::Loop& loop, UniqueFd in, UniqueFd out) : Mux(loop, in.release(), out.release()) {
    allow_splicing();  // the thread blocks SIGPIPE
  }
  ~HostMux() override { drop_channels(); }

  std::uint32_t next_id() { return next_id_ += 2; }
  void listen_for(std::uint32_t channel, std::shared_ptr<RelayReply> reply) {
    replies_[channel] = std::move(reply);
  }
  void forget(std::uint32_t channel) { replies_.erase(channel); }
  /// A command was given up: it may go on inside for a while, until the relay kills it.
  void gave_up() { gave_up_ = true; }
  /// Nothing is open, nobody waits for anything, and nothing is left that the relay has to end.
  bool is_idle() const { return !gave_up_ && replies_.empty() && !has_channels(); }
  void drop_all();
  void watch(std::function<void(const ListenerEvent&)> on_event);

  std::function<void(const relay::Greeting&)> greeted;
  const std::string& end_reason() const { return end_reason_; }
  /// What was said instead of a greeting.
  const std::string& babble() const { return babble_; }

 private:
  void on_greeting(const relay::Greeting& theirs) override { greeted(theirs); }
  bool on_frame(const relay::Header& header, relay::PayloadReader payload) override;
  bool on_listener_frame(relay::FrameType type, relay::PayloadReader payload);
  void on_end(std::string_view why) override;

  std::uint32_t next_id_ = 0;
  bool gave_up_ = false;
  std::map<std::uint32_t, std::shared_ptr<RelayReply>> replies_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Listener> listeners_;
  std::function<void(const ListenerEvent&)> on_listener_;
  std::string end_reason_;
  std::string babble_;
};

/// The thread and how others reach it. Handles share it, so that they may outlive the session.
class RelayThread {
 public:
  using Task = std::function<void(HostMux&)>;

  RelayThread();
  ~RelayThread() { close({}); }

  void start(UniqueFd from, UniqueFd to);
  /// Runs `task` on the thread soon; false: it has ended, the task will never run.
  bool post(Task task);
  /// Waits for the greeting. Throws "relay.start" or "relay.version".
  relay::Greeting wait_for_greeting(std::chrono::milliseconds limit, const std::stop_token& stop);
  void on_gone(std::function<void(const Error&)> callback);
  /// What was said instead of a greeting, once it has ended.
  std::string babble() const;
  bool alive() const;
  /// Whether the relay has greeted with at least this version of the protocol.
  bool speaks(std::uint16_t version) const;
  /// Lets the relay end, waits at most `limit` for it where something is still open inside, and
  /// ends the thread. Later calls do nothing.
  void close(std::chrono::milliseconds limit);

 private:
  void run(UniqueFd from, UniqueFd to);
  void run_tasks(HostMux& mux);
  void finish(HostMux& mux);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  UniqueFd wake_;
  bool open_ = false;
  bool closing_ = false;
  bool telling_ = false;  ///< that it is gone
  std::optional<relay::Greeting> greeting_;
  std::string end_reason_;
  std::string babble_;
  std::function<void(const Error&)> gone_;
  std::thread thread_;
};

Error relay_gone(const std::string& why);

}  // namespace fairlead::ports
