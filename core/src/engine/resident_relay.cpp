#include "engine/resident_relay.hpp"

#include "engine/passing_backend.hpp"
#include "ports/relay_session.hpp"

#include <fairlead/relay_wish.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds answer_limit = 2s;
constexpr std::chrono::seconds refused_for = 3s;

/// A path has at most 107 characters; through the open folder it is always short enough.
UniqueFd connect_in(const std::string& folder_path) {
  const UniqueFd folder(::open(folder_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!folder || !socket) return {};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(folder.get()) + '/' + relay_socket_name;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(socket.get(), generic, sizeof address) != 0) return {};
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  return known && peer.uid == ::geteuid() ? std::move(socket) : UniqueFd();
}

/// Requests a stop once a call has taken too long, or its caller wants none of it any more.
class Limit {
 public:
  Limit(const CallOptions& options)
      : on_stop_(options.stop, [this] { source_.request_stop(); }), timeout_(options.timeout) {
    if (timeout_.count() > 0) timer_ = std::jthread([this](const std::stop_token& s) { wait(s); });
  }
  std::stop_token token() const { return source_.get_token(); }
  bool over() const { return over_; }

 private:
  void wait(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, timeout_, [] { return false; });
    if (stop.stop_requested()) return;
    over_ = true;
    source_.request_stop();
  }

  std::stop_source source_;
  std::stop_callback<std::function<void()>> on_stop_;
  const std::chrono::milliseconds timeout_;
  std::atomic<bool> over_{false};
  std::jthread timer_;  ///< last: uses the rest
};

bool is_same_file(const UniqueFd& one, const UniqueFd& other) {
  struct stat a {};
  struct stat b {};
  return one && other && ::fstat(one.get(), &a) == 0 && ::fstat(other.get(), &b) == 0 &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

UniqueFd take(CallOptions& options, FdRef ref) {
  const auto index = static_cast<std::size_t>(ref.fd);
  return ref && index < options.fds.size() ? std::move(options.fds[index]) : UniqueFd();
}

/// The same call once more, should the first one not come about.
CallOptions spare_of(const CallOptions& options) {
  CallOptions spare{
      .stop = options.stop, .timeout = options.timeout, .on_event = options.on_event, .fds = {}};
  for (const auto& fd : options.fds) {
    spare.fds.emplace_back(fd ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0) : -1);
  }
  return spare;
}

class ThroughRelay final : public PassingBackend {
 public:
  ThroughRelay(std::shared_ptr<Backend> inner, std::string instance, std::string user,
               RelaySource source)
      : PassingBackend(std::move(inner)),
        source_(std::move(source)),
        instance_(std::move(instance)),
        user_(std::move(user)) {}

  ExecReply exec(const ExecRequest& request, CallOptions options) override {
    const bool ours = request.id == instance_ && request.user == user_ && is_small(request);
    const auto relay = ours ? session() : nullptr;
    if (!relay) return PassingBackend::exec(request, std::move(options));
    auto spare = spare_of(options);
    const Limit limit(options);
    std::shared_ptr<ports::RelayCommand> command;
    try {
      command = begin(*relay, request, options);
    } catch (const Error& error) {
      if (error.code() != "relay.gone") throw;
      return PassingBackend::exec(request, std::move(spare));  // nothing was begun
    }
    spare.fds.clear();  // else the command's streams have no end
    return finish(std::move(command), limit, options);
  }

  void exec_control(const ExecControlRequest& request, CallOptions options) override {
    std::shared_ptr<ports::RelayCommand> command;
    {
      const std::lock_guard lock(mutex_);
      const auto found = running_.find(request.exec);
      if (found != running_.end()) command = found->second;
    }
    if (!command && request.exec.starts_with(prefix)) {
      throw Error(Status::not_found, "exec.not_found", "The command is not running.");
    }
    if (!command) return PassingBackend::exec_control(request, std::move(options));
    if (request.resize) command->resize(*request.resize);
    if (!request.signal.empty()) command->signal(request.signal);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::string_view prefix = "relay:";

  /// A frame of the relay has to hold it, with the variables of a terminal.
  static bool is_small(const ExecRequest& request) {
    constexpr std::size_t most_bytes = 50000;
    std::size_t size = 0;
    for (const auto& word : request.argv) size += word.size() + 2;
    for (const auto& [name, value] : request.env) size += name.size() + value.size() + 3;
    return size < most_bytes;
  }

  std::shared_ptr<ports::RelaySession> session() {
    {
      const std::lock_guard lock(mutex_);
      if (relay_ && relay_->alive()) return relay_;
      if (Clock::now() < ask_again_) return nullptr;
    }
    auto asked = source_();
    const std::lock_guard lock(mutex_);
    if (!asked) ask_again_ = Clock::now() + refused_for;
    if (!relay_ || !relay_->alive()) relay_.swap(asked);  // else another call was quicker
    return relay_;
  }

  static std::shared_ptr<ports::RelayCommand> begin(ports::RelaySession& relay,
                                                    const ExecRequest& request,
                                                    CallOptions& options) {
    ports::RelayRun run{.argv = request.argv,
                        .env = request.env,
                        .working_directory = request.working_directory,
                        .terminal = request.terminal,
                        .in = take(options, request.in),
                        .out = take(options, request.out),
                        .err = take(options, request.err)};
    run.together = is_same_file(run.out, run.err);
    return relay.run(std::move(run));
  }

  ExecReply finish(std::shared_ptr<ports::RelayCommand> command, const Limit& limit,
                   const CallOptions& options) {
    const auto id = remember(command);
    struct Forget {
      ThroughRelay& self;
      const std::string& id;
      ~Forget() {
        const std::lock_guard lock(self.mutex_);
        self.running_.erase(id);
      }
    } const forget{*this, id};
    if (options.on_event) options.on_event({.started = id});
    try {
      return {command->wait(limit.token())};
    } catch (const Error& error) {
      if (!limit.over() || error.status() != Status::cancelled) throw;
      throw Error(Status::timeout, "call.timeout", "The command did not end in time.");
    }
  }

  std::string remember(std::shared_ptr<ports::RelayCommand> command) {
    const std::lock_guard lock(mutex_);
    auto id = std::string(prefix) + std::to_string(++last_);
    running_[id] = std::move(command);
    return id;
  }

  const RelaySource source_;
  const std::string instance_;
  const std::string user_;
  std::mutex mutex_;
  std::shared_ptr<ports::RelaySession> relay_;
  std::map<std::string, std::shared_ptr<ports::RelayCommand>> running_;
  Clock::time_point ask_again_;  ///< nobody had a relay for us
  int last_ = 0;
};

}  // namespace

std::shared_ptr<ports::RelaySession> resident_relay(const Core& core, const std::string& backend,
                                                    const std::string& instance,
                                                    const std::string& user) {
  auto socket = connect_in(core.runtime_folder());
  const RelayWish wish{.backend = backend, .instance = instance, .user = user};
  if (!socket || !ask_for_relay(socket, wish, answer_limit)) return nullptr;
  try {
    UniqueFd other(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    return ports::RelaySession::over(std::move(socket), std::move(other), answer_limit);
  } catch (const Error& error) {  // the engine's exec does it as well
    core.log().text(LogLevel::debug, "Without the resident relay: " + error.message());
    return nullptr;
  }
}

std::shared_ptr<Backend> through_relay(std::shared_ptr<Backend> backend, std::string instance,
                                       std::string user, RelaySource source) {
  return std::make_shared<ThroughRelay>(std::move(backend), std::move(instance), std::move(user),
                                        std::move(source));
}

std::shared_ptr<Backend> through_resident_relay(const Core& core, std::shared_ptr<Backend> backend,
                                                std::string instance, std::string user) {
  auto source = [&core, name = backend->name(), instance, user] {
    return resident_relay(core, name, instance, user);
  };
  return through_relay(std::move(backend), std::move(instance), std::move(user), std::move(source));
}

}  // namespace fairlead
