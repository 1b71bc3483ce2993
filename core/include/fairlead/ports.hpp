#pragma once

#include <fairlead/engine.hpp>
#include <fairlead/relay_wish.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Ports of an environment on this machine, and the other way round. docs/ports.md.
namespace fairlead {

/// One end of a forward: a TCP port as its side sees it, or a Unix socket.
struct PortTarget {
  std::string host = "localhost";
  int port = 0;
  std::string socket = {};  ///< absolute path; wins over host and port
  /// Of a port that detection found: the network namespace inside; 0: the environment's own.
  std::uint64_t netns = 0;

  bool operator==(const PortTarget&) const = default;
};

/// "8080", "db:5432", "/run/app.sock".
std::string to_text(const PortTarget& target);

enum class ForwardOrigin { configuration, user, detected };

/// What is to be forwarded.
struct ForwardWish {
  PortTarget target;                        ///< inside; of a reverse one on this machine
  std::optional<int> local_port = {};       ///< absent: the target's number; 0: any free one
  std::string local_socket = {};            ///< a Unix socket instead
  std::vector<std::string> addresses = {};  ///< empty: 127.0.0.1 and ::1
  bool reverse = false;                     ///< listens inside, connects on this machine
  ForwardOrigin origin = ForwardOrigin::user;
};

/// Reads `PORT`, `HOST:PORT`, `/SOCKET`, each with `:LOCAL` behind it: a port or the path of a
/// socket. Throws invalid "ports.target".
ForwardWish parse_forward(std::string_view text);

/// A forward as it is now.
struct ForwardInfo {
  PortTarget target;
  bool reverse = false;
  ForwardOrigin origin = ForwardOrigin::user;
  std::string address;  ///< where it listens: an address, or the path of a socket
  int port = 0;
  std::vector<std::string> addresses;  ///< all of them, where the user chose them
  std::string url;                     ///< by its name, where the background process serves names
  std::string note;                    ///< one line when it is not where it was wished to be
  std::string label;
  std::string protocol;
  std::string process;  ///< command line of who listens inside; empty: unknown
  int pid = 0;
  std::string route;  ///< how the last connection got there: "direct", "dial", "relay"
  std::uint64_t to_inside = 0;
  std::uint64_t from_inside = 0;
  std::uint64_t connections = 0;
  std::int64_t open = 0;
  bool running = true;  ///< the environment runs; else the forward waits for it
};

/// Something that happened to the ports of an environment.
struct PortEvent {
  enum class Kind { opened, closed, environment_gone };
  Kind kind = Kind::opened;
  ForwardInfo forward;
  std::string action;  ///< of `opened` by detection: onAutoForward's word
  bool first = true;   ///< never opened before in this session (openBrowserOnce)
};

/// The forwards of one environment, for as long as this object lives. It finds the environment
/// anew when that was restarted or made again. Thread-safe.
class EnvironmentPorts {
 public:
  using Listener = std::function<void(const PortEvent&)>;

  /// Finds the environment; `core` outlives this. `on_event` is called on threads of this object's
  /// own and must not call back. Throws "environment.not_found", and what finding it throws.
  EnvironmentPorts(Core& core, const Selection& selection, Listener on_event, std::stop_token stop);
  ~EnvironmentPorts();
  EnvironmentPorts(const EnvironmentPorts&) = delete;
  EnvironmentPorts& operator=(const EnvironmentPorts&) = delete;

  /// The same for every object of one environment, over restarts too.
  const std::string& key() const;
  /// What runs now.
  InstanceInfo instance() const;

  /// `forwardPorts`, with what image and features add. PORT-001.
  std::vector<ForwardWish> configured() const;
  /// Whether the configuration says anything of ports.
  bool speaks_of_ports() const;
  /// What it says, as JSON text: two objects of one environment may have read different files.
  const std::string& port_configuration() const;

  /// Listens; a target that is forwarded already stays as it is, unless the user wants another
  /// local port or socket. Throws "ports.taken", "ports.bind"; for reverse ones also what the relay
  /// says.
  ForwardInfo add(const ForwardWish& wish, std::stop_token stop);
  /// False: there was none.
  bool remove(const PortTarget& target, bool reverse);
  std::vector<ForwardInfo> list() const;

  /// From now on forwards what begins to listen inside, by its attributes. False: not here, where
  /// not all that listens is the environment's. PORT-004, 011.
  bool detect();
  /// From now on a relay runs inside whenever the environment does.
  void keep_relay();
  /// Joins `client` with a relay of its own there, run by the one that is kept. False: there is
  /// none yet, or it is not what is wished; the client stays with the caller.
  bool lend_relay(const RelayWish& wish, UniqueFd& client);
  /// Whether a client has such a relay now: what it runs ends with this object.
  bool lends_relay() const;
  /// Takes over the relay of an object of the same environment that is about to end, so that the
  /// commands of those it is lent to go on.
  void adopt_relay(EnvironmentPorts& old);
  /// The container was removed and no other one was made in its place.
  bool gone() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead
