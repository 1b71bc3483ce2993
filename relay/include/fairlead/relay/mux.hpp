#pragma once

#include <fairlead/relay/byte_queue.hpp>
#include <fairlead/relay/loop.hpp>
#include <fairlead/relay/wire.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace fairlead::relay {

class Channel;

/// One end of the protocol: frames over two descriptors, channels over frames. The relay and the
/// host are the same here; they differ in `on_frame`. One thread.
class Mux : private Watcher {
 public:
  /// The descriptors are not blocking and are ours from now on.
  Mux(Loop& loop, int in, int out);
  ~Mux() override;
  Mux(const Mux&) = delete;
  Mux& operator=(const Mux&) = delete;

  Loop& loop() { return loop_; }
  void greet(const Greeting& greeting);
  void send(FrameType type, std::uint32_t channel, std::span<const char> payload = {});
  void send(FrameType type, std::uint32_t channel, const PayloadWriter& payload) {
    send(type, channel, payload.bytes());
  }
  void send_reset(std::uint32_t channel, ResetReason reason, std::string_view text = {});

  bool has_channels() const { return !channels_.empty(); }
  Channel* find(std::uint32_t id);
  Channel& add(std::unique_ptr<Channel> channel);
  /// It is gone at the next `settle`.
  void retire(Channel& channel);

  /// To be called after each turn of the loop: writes what is to be sent, lets channels go on.
  void settle();
  bool ended() const { return ended_; }
  /// Nothing more is said, what the other side says is still heard: it is time for it to end.
  void close_writing();
  /// Ends the link here and now.
  void give_up() { end("the session was closed"); }

 protected:
  virtual void on_greeting(const Greeting& theirs) = 0;
  /// A frame that is not about the bytes of a channel. False: it is malformed.
  virtual bool on_frame(const Header& header, PayloadReader payload) = 0;
  /// The link has ended or said something impossible; once. No channel is told.
  virtual void on_end(std::string_view why) = 0;
  /// What is said to a channel may go from the link's pipe to the channel's descriptor without
  /// being copied. Not where SIGPIPE has its usual meaning.
  void allow_splicing() { splices_in_ = true; }
  /// What arrived and was not understood.
  std::span<const char> not_understood() const { return in_queue_.front(); }
  /// Resets all channels, without telling the other side.
  void drop_channels();

 private:
  friend class Channel;
  /// Enough waits to be sent: nobody may read more from elsewhere.
  bool full() const { return out_queue_.size() >= most_waiting; }
  /// Reads from `fd` straight into a frame of data.
  long forward(int fd, std::uint32_t channel, std::size_t most);
  /// The same into the link's pipe, without a copy. Nothing: not now, or never.
  long splice_forward(int fd, std::uint32_t channel, std::size_t most);
  bool read_rest(int fd, std::size_t left);
  /// Takes some large frames of data so. False: reading goes on as usual.
  bool splice_link();
  bool splice_frame();
  bool begin_splice();
  void leave_splice();
  void wait_for_room(Channel& channel);

  void on_ready(int fd, std::uint32_t events) override;
  void read_link();
  void write_link();
  bool take_frames();
  bool take_frame(const Header& header, std::span<const char> payload);
  void end(std::string_view why);

  /// What only answers may add to that: who asks and does not read is hung up on.
  static constexpr std::size_t most_unanswered = std::size_t{16} << 20U;
  static constexpr std::size_t most_waiting = 256 * 1024;
  static constexpr std::size_t read_size = 256 * 1024;
  static constexpr std::size_t least_spliced = 16 * 1024;
  static constexpr int most_spliced = 4;  ///< in one turn

  Loop& loop_;
  int in_;
  int out_;
  bool out_watched_ = false;
  bool greeted_ = false;
  bool ended_ = false;
  bool splices_in_ = false;
  bool splices_out_ = true;    ///< until it turns out that these are no pipes
  bool large_frames_ = false;  ///< the last one was
  std::uint32_t spliced_channel_ = 0;
  std::size_t spliced_left_ = 0;  ///< of the frame that is being spliced
  ByteQueue in_queue_{read_size};
  ByteQueue out_queue_{most_waiting + 2 * most_payload};
  std::vector<std::unique_ptr<Channel>> channels_;  ///< by id
  std::vector<std::unique_ptr<Channel>> retired_;
  std::vector<std::uint32_t> starved_;
};

}  // namespace fairlead::relay
