#pragma once

#include <fairlead/relay/mux.hpp>

#include <string_view>

namespace fairlead::relay {

/// One stream of bytes each way, joined with descriptors here. Each side sends what the other has
/// allowed; half-close and reset are passed on. The Mux owns it.
class Channel : public Watcher {
 public:
  Channel(Mux& mux, std::uint32_t id) : mux_(mux), id_(id) {}
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  std::uint32_t id() const { return id_; }
  /// What comes from `in` is sent, what arrives is written to `out`; -1: nothing comes, what
  /// arrives is thrown away. Equal: a socket. Not blocking; ours from now on.
  void join(int in, int out);
  /// The other side lets us send so much.
  void allow(std::uint32_t bytes) { may_send_ += bytes; }
  /// Nothing will arrive on it.
  void receives_nothing() { received_end_ = true; }
  /// Nothing will be sent on it, and the other side knows.
  void sends_nothing() { sent_end_ = true; }
  /// Ends it here and, when it is not the other side's wish, there.
  void reset(ResetReason reason, std::string_view text = {});
  void drop(ResetReason reason, std::string_view text);
  /// Stops reading what comes from here, as if it had ended.
  void end_input();
  /// Throws away what arrives, from now on.
  void stop_output();

  std::uint64_t sent() const { return sent_; }
  std::uint64_t received() const { return received_; }

 protected:
  /// The other side has accepted it; false: it had nothing to accept.
  virtual bool on_opened() { return false; }
  /// It is over: both directions have ended, or it was reset.
  virtual void on_done(bool reset, ResetReason reason, std::string_view text) {
    (void)reset, (void)reason, (void)text;
  }
  /// Bytes have moved.
  virtual void on_progress() {}
  /// The direction from here has ended, all of it is sent.
  virtual void on_input_end() {}
  Mux& mux() { return mux_; }
  bool input_ended() const { return sent_end_; }

 private:
  friend class Mux;
  bool take_data(std::span<const char> bytes);
  /// Whether so many bytes may go straight from a pipe to where they belong.
  bool can_splice(std::size_t size) const;
  /// Moves them; what splice(2) returns.
  long splice_from(int pipe, std::size_t size);
  bool take_end();
  bool take_opened(std::uint32_t credit);
  bool take_credit(std::uint32_t credit);
  void take_reset(ResetReason reason, std::string_view text);

  void on_ready(int fd, std::uint32_t events) override;
  void update();
  bool can_read() const { return in_ >= 0 && !sent_end_ && may_send_ > 0; }
  void read_in();
  void write_out();
  std::span<const char> write_straight(std::span<const char> bytes);
  long put_out(std::span<const char> bytes) const;
  void taken(std::size_t size);
  void fit_window();
  void out_gone();
  void finish_out();
  void finish_if_over();
  void watch(int fd, std::uint32_t events, std::uint32_t& now);
  void close_all(bool with_reset);

  Mux& mux_;
  const std::uint32_t id_;
  int in_ = -1;
  int out_ = -1;
  std::uint32_t in_events_ = unwatched;
  std::uint32_t out_events_ = unwatched;
  std::uint64_t may_send_ = 0;
  std::uint32_t may_receive_ = window;
  std::uint32_t window_ = window;  ///< what the other side may have under way in all
  std::uint32_t freed_ = 0;        ///< taken, not yet told
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  ByteQueue queue_;
  bool joined_ = false;
  bool sent_end_ = false;
  bool received_end_ = false;
  bool out_closed_ = false;
  bool resetting_ = false;  ///< as soon as the queue is written
  bool waits_for_room_ = false;
  bool done_ = false;

  static constexpr std::uint32_t unwatched = ~0U;
};

}  // namespace fairlead::relay
