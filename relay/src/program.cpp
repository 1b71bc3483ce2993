#include "acceptor.hpp"
#include "archive.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "detection.hpp"
#include "door.hpp"
#include "files.hpp"
#include "relay_program.hpp"

#include <fairlead/relay/requests.hpp>
#include <fairlead/relay/sys.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace fairlead::relay {
namespace {

constexpr int exit_usage = 64;
constexpr int exit_version = 65;
constexpr int exit_nobody = 66;
constexpr int pipe_size = 1 << 20;

Address address_of(const TcpPlace& place) {
  return place.kind == HostKind::v6 ? Address::v6(place.host.data(), place.port)
                                    : Address::v4(place.host.data(), place.port);
}

/// The relay's side of a session.
class Session final : public Mux {
 public:
  Session(Loop& loop, char** environment, Parent parent)
      : Mux(loop, 0, 1), commands_(*this, environment, parent), detection_(*this, listening_) {}
  ~Session() override { drop_channels(); }

  void end_commands() { commands_.end_all(); }
  bool understood() const { return understood_; }

 private:
  void on_greeting(const Greeting& theirs) override { understood_ = common_version(theirs) != 0; }
  void on_end(std::string_view) override {
    detection_.stop();
    drop_channels();
  }

  bool on_frame(const Header& header, PayloadReader payload) override {
    switch (header.type) {
      case FrameType::open_tcp:
      case FrameType::open_unix:
        return is_new(header.channel) && open(header, payload);
      case FrameType::listen_tcp:
      case FrameType::listen_unix:
        return is_new(header.channel) && listen(header, payload);
      case FrameType::run:
        return is_new(header.channel) && run(header.channel, payload);
      case FrameType::resize:
      case FrameType::signal:
        return control(header, payload);
      case FrameType::watch:
        return watch(payload);
      default:
        return false;
    }
  }

  /// The host's channels have even numbers, each of them once.
  bool is_new(std::uint32_t id) {
    if (id % 2 != 0 || id <= last_id_) return false;
    last_id_ = id;
    return true;
  }

  bool open(const Header& header, PayloadReader payload) {
    TcpPlace tcp;
    UnixPlace local;
    const bool is_tcp = header.type == FrameType::open_tcp;
    if (is_tcp ? !read(payload, tcp) : !read(payload, local)) return false;
    auto owned =
        std::make_unique<Connection>(*this, header.channel, is_tcp ? tcp.credit : local.credit);
    auto& connection = *owned;
    add(std::move(owned));
    if (!is_tcp) {
      const auto address = Address::path(local.path);
      address.size == 0 ? connection.reset(ResetReason::bad_address)
                        : connection.connect_to(address, 0);
    } else if (tcp.kind == HostKind::name) {
      connection.connect_to_name(tcp.host, tcp.port, tcp.netns);
    } else {
      connection.connect_to(address_of(tcp), tcp.netns);
    }
    return true;
  }

  bool listen(const Header& header, PayloadReader payload) {
    TcpPlace tcp;
    UnixPlace local;
    const bool is_tcp = header.type == FrameType::listen_tcp;
    if (is_tcp ? !read(payload, tcp) : !read(payload, local)) return false;
    if (is_tcp && tcp.kind == HostKind::name) return false;
    auto owned = std::make_unique<Acceptor>(*this, header.channel, next_own_id_);
    auto& acceptor = *owned;
    add(std::move(owned));
    acceptor.listen_at(is_tcp ? address_of(tcp) : Address::path(local.path));
    if (acceptor.inode() != 0) listening_.push_back(acceptor.inode());
    return true;
  }

  bool run(std::uint32_t id, PayloadReader payload) {
    RunRequest request;
    if (!read(payload, request)) return false;
    const bool own_errors = request.error_channel != 0 && request.error_channel != with_output;
    if (own_errors && !is_new(request.error_channel)) return false;
    commands_.run(id, request);
    return true;
  }

  bool control(const Header& header, PayloadReader payload) {
    auto* command = commands_.find(header.channel);
    if (header.type == FrameType::signal) {
      const int number = payload.u8();
      if (!payload.complete() || number < 1 || number > 64) return false;
      if (command != nullptr) command->signal(number);
      return true;
    }
    const auto rows = payload.u16();
    const auto columns = payload.u16();
    if (payload.complete() && command != nullptr) command->resize(rows, columns);
    return payload.complete();
  }

  bool watch(PayloadReader payload) {
    const bool on = payload.u8() != 0;
    if (!payload.complete()) return false;
    on ? detection_.start() : detection_.stop();
    return true;
  }

  Commands commands_;
  std::vector<std::uint64_t> listening_;
  Detection detection_;
  std::uint32_t last_id_ = 0;
  std::uint32_t next_own_id_ = 1;
  bool understood_ = true;
};

std::uint64_t own_hash() {
  const auto file = read_file("/proc/self/exe", std::size_t{1} << 20U);
  return file.empty() ? 0 : fnv(file);
}

int serve(char** environment, Parent parent) {
  for (const int fd : {0, 1}) {
    sys::call(SYS_fcntl, fd, F_SETPIPE_SZ, pipe_size);  // best effort, and only pipes have one
    const long flags = sys::flags(fd);
    if (flags < 0) return exit_usage;
    sys::set_flags(fd, static_cast<int>(flags) | O_NONBLOCK);
  }
  Loop loop;
  Session session(loop, environment, parent);
  session.greet({.pid = static_cast<std::uint32_t>(sys::call(SYS_getpid)), .hash = own_hash()});
  session.settle();
  while (!session.ended() && session.understood()) {
    loop.run_once();
    session.settle();
  }
  session.end_commands();
  return session.understood() ? 0 : exit_version;
}

}  // namespace

int relay_program(int argc, char** argv, char** environment) {
  const std::string_view word = argc == 2 ? argv[1] : "";
  if (word == "serve") return serve(environment, Parent::engine);
  if (word == lent_word) return serve(environment, Parent::relay);
  if (word == door_word) return wait_at_door() ? serve(environment, Parent::relay) : exit_nobody;
  const std::string_view verb = argc == 3 ? argv[1] : "";
  if (verb == unpack_word) return unpack(argv[2]);
  if (verb == pack_word) return pack(argv[2]);
  constexpr std::string_view usage =
      "fairlead's relay: \"serve\" makes it speak its protocol (docs/relay-protocol.md) on its "
      "standard input and output.\n";
  sys::write(2, usage.data(), usage.size());
  return exit_usage;
}

}  // namespace fairlead::relay
