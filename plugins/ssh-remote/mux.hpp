#pragma once

#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The client side of OpenSSH's multiplexing protocol, version 4 (its PROTOCOL.mux). Spoken by
/// ourselves: no process per command, an end of the command that is never mistaken for the loss of
/// the connection, and never a second connection when the first one does not answer.
namespace fairlead::ssh {

/// One message: a type, then numbers and texts.
class MuxMessage {
 public:
  MuxMessage() = default;
  explicit MuxMessage(std::uint32_t type) { number(type); }

  MuxMessage& number(std::uint32_t value);
  MuxMessage& text(const std::string& value);
  /// Throws Error(unavailable, "host.protocol") when there is no more.
  std::uint32_t take_number();
  std::string take_text();

  std::string bytes;

 private:
  std::size_t at_ = 0;
};

/// What a session runs; the descriptors are duplicated by the master.
struct MuxSession {
  std::string command;
  std::string term;  ///< not empty: on a terminal; `in` is one, too
  int in = -1;
  int out = -1;
  int err = -1;
};

/// How a session ended.
struct MuxEnd {
  std::optional<int> exit_code;  ///< absent: it ended without one
  bool cancelled = false;
};

/// One connection to a master. For one thread, but for `close_session`. Every wait ends with
/// Error(cancelled) when `cancel_fd` is readable, and with Error(unavailable, "host.lost") when the
/// master is gone.
class Mux {
 public:
  /// Connects and greets. nullopt: no master listens there.
  static std::optional<Mux> connect(const std::string& socket, int cancel_fd);

  /// The master's process.
  pid_t master(int cancel_fd);
  /// Starts a session. Throws Error(unavailable, "host.sessions") when the host refuses one more.
  void open_session(const MuxSession& session, int cancel_fd);
  /// Waits for its end, at most until `limit` (absent: for ever) is over.
  MuxEnd wait_session(int cancel_fd, std::optional<std::chrono::milliseconds> limit = {});
  /// Makes the master listen on `local` and connect each caller to the Unix socket or, with a
  /// port, to the TCP address `target` as seen from the host. Throws Error(unavailable,
  /// "host.forward").
  void forward(const std::string& local, const std::string& target, int port, int cancel_fd);

  int fd() const noexcept { return socket_.get(); }

 private:
  explicit Mux(UniqueFd socket) : socket_(std::move(socket)) {}
  void send(const MuxMessage& message, int cancel_fd);
  void send_fd(int fd, int cancel_fd);
  MuxMessage receive(int cancel_fd);
  MuxMessage ask(const MuxMessage& message, int cancel_fd);

  UniqueFd socket_;
  std::uint32_t requests_ = 0;
};

}  // namespace fairlead::ssh
