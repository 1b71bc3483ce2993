#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/model/common.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead::ports {

/// A TCP server or Unix socket as the instance sees it.
struct RelayTarget {
  std::string host = "127.0.0.1";  ///< an address or a name that is resolved inside; "localhost":
                                   ///< 127.0.0.1, and ::1 when nobody listens there
  int port = 0;
  std::string socket;       ///< path of a Unix socket; wins over host and port
  std::uint64_t netns = 0;  ///< of a Listener: its network namespace; 0: the relay's own
};

/// A listening TCP socket inside.
struct Listener {
  bool ipv6 = false;
  std::string address;  ///< "127.0.0.1", "0.0.0.0", "::", "::1", …
  int port = 0;
  std::uint64_t inode = 0;  ///< identifies the socket while it listens
  std::uint64_t netns = 0;  ///< inode of its network namespace; 0: the relay's own
  int pid = 0;              ///< of the owner, as the instance numbers it; 0: not readable
  std::string process;      ///< the owner's command line, words separated by spaces; may be empty
};

struct ListenerEvent {
  enum class Kind { added, removed, complete };
  Kind kind = Kind::added;
  Listener listener;  ///< `complete`, once: all that listened at first has been reported
};

/// How a connection that the session served has ended.
struct ConnectionEnd {
  std::uint64_t to_inside = 0;    ///< bytes
  std::uint64_t from_inside = 0;  ///< bytes
  bool reset = false;             ///< by a reset of either side, or the session's end
  std::optional<Error> refused;   ///< it never came to a connection
};

/// One connection of `RelaySession::serve`, for counting while it lasts.
class ServedConnection {
 public:
  virtual ~ServedConnection() = default;
  virtual std::uint64_t to_inside() const = 0;
  virtual std::uint64_t from_inside() const = 0;
  virtual bool ended() const = 0;
  /// Resets both sides.
  virtual void reset() = 0;
};

/// A command inside; its destructor hangs it up (HUP, then KILL, to its process group).
class RelayCommand {
 public:
  virtual ~RelayCommand() = default;
  virtual void resize(TerminalSize size) = 0;
  /// To the command's process group: "TERM", "INT", …
  virtual void signal(const std::string& name) = 0;
  /// Its exit status (128+n after signal n), once all of its output has been written.
  /// A requested `stop` hangs the command up and throws Error(cancelled). Throws "relay.gone".
  virtual int wait(std::stop_token stop) = 0;
};

struct RelayRun {
  std::vector<std::string> argv;
  Environment env;  ///< on top of what the instance's own commands get
  std::string working_directory;
  std::optional<Terminal> terminal;
  UniqueFd in;  ///< empty: nothing to read
  UniqueFd out;
  UniqueFd err;
  bool together = false;  ///< without a terminal: what is for `err` goes to `out`, in its order
};

/// Something inside that listens for connections to the host.
class ReverseListener {
 public:
  virtual ~ReverseListener() = default;  ///< stops to listen
  virtual int port() const = 0;          ///< where it listens, of use when 0 was asked for
};

/// The relay running in one instance as one user, over one byte stream (the standard streams of one
/// exec). Thread-safe. One thread moves all bytes; callbacks are called on it and must return soon
/// without calling back into the session (but `reset` and destructors of its handles).
/// Handles outlive the session harmlessly. PORT-001; docs/relay-protocol.md is the protocol.
class RelaySession {
 public:
  /// Starts the relay in `instance` as `user` (empty: the instance's own); puts it there first when
  /// it is missing. `options` bounds the start only. Throws "relay.place" when the instance has no
  /// place that a program can be put, "relay.version", "relay.start", or the backend's error.
  static std::unique_ptr<RelaySession> start(std::shared_ptr<Backend> backend,
                                             const std::string& instance, const std::string& user,
                                             CallOptions options);

  /// A relay at the other end of two descriptors that may be the same: what `from` gives was said
  /// by the relay, what is written `to` it hears. Waits `limit` for its greeting.
  static std::unique_ptr<RelaySession> over(UniqueFd from, UniqueFd to,
                                            std::chrono::milliseconds limit);

  /// Ends the session: connections are reset, commands hung up, the relay ends.
  virtual ~RelaySession() = default;

  /// Connects and returns one end of a socket pair whose bytes travel to the target; blocking, with
  /// half-close (`shutdown`). Throws unavailable "ports.refused", "ports.unreachable" (no route, no
  /// such name, timed out), not_found "ports.socket", denied "ports.denied", "relay.gone".
  virtual UniqueFd dial(const RelayTarget& target, CallOptions options) = 0;

  /// Joins the connected `socket` with a new connection to the target, in the session's own thread:
  /// half-close and reset are passed on both ways, and when the target cannot be reached the socket
  /// is reset. Never blocks, never throws; `on_end` (may be empty) is called exactly once.
  virtual std::shared_ptr<ServedConnection> serve(
      UniqueFd socket, const RelayTarget& target,
      std::function<void(const ConnectionEnd&)> on_end) = 0;

  /// Reports what listens inside, from now on, to the one watcher; empty: ends that. The watcher
  /// before is not called any more when this returns. PORT-004.
  virtual void watch_listeners(std::function<void(const ListenerEvent&)> on_event) = 0;

  /// Listens inside on a Unix socket or a TCP address (port 0: any free one) and hands each
  /// connection to `on_connection` as one end of a socket pair. Throws conflict "ports.taken",
  /// denied "ports.denied", invalid "ports.address", "relay.gone".
  virtual std::unique_ptr<ReverseListener> listen(const RelayTarget& at,
                                                  std::function<void(UniqueFd)> on_connection,
                                                  CallOptions options) = 0;

  /// Starts a command. A command that cannot be found or run ends with 127 or 126, as in a shell,
  /// and says so on `err`. Throws "relay.gone".
  virtual std::unique_ptr<RelayCommand> run(RelayRun command) = 0;

  /// Starts another relay inside, as a command of this one, and joins it with the stream socket
  /// `client`: who is at its other end has a session of his own (`over`). Both end together.
  virtual void lend(UniqueFd client) = 0;
  /// Whether somebody has one of those now: his commands end with this session.
  virtual bool lends() const = 0;

  /// False once the relay, its exec or its instance has ended.
  virtual bool alive() const = 0;
  /// Called once, when that happens (at once when it has); not after `close`. Replaces another
  /// callback, which is not running any more when this returns.
  virtual void on_gone(std::function<void(const Error& why)> callback) = 0;
  /// As the destructor; waits at most three seconds for the relay, and not at all where nothing is
  /// open inside. Later calls throw "relay.gone".
  virtual void close() = 0;
};

}  // namespace fairlead::ports
