#include "server/serve.hpp"

#include "server/channel.hpp"
#include "server/environments.hpp"
#include "server/methods.hpp"
#include "server/name_proxy.hpp"

#include <fairlead/descriptor_limit.hpp>
#include <fairlead/relay_wish.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead::server {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds round{1000};
constexpr milliseconds visitor_round{200};
constexpr milliseconds lock_round{20};
constexpr std::chrono::seconds lock_limit{15};
constexpr std::chrono::seconds wish_limit{2};

/// The lock; nothing when another process serves. One that is about to end, or begins at the same
/// moment, has the lock without serving: that is waited for.
UniqueFd lock_or_other(const Place& place, const std::stop_token& stop) {
  const auto deadline = Clock::now() + lock_limit;
  while (!stop.stop_requested() && Clock::now() < deadline) {
    if (auto lock = take_lock(place)) return lock;
    if (connect_to(place)) return {};
    std::this_thread::sleep_for(lock_round);
  }
  return {};
}

struct Client {
  explicit Client(UniqueFd socket) : channel(std::move(socket)) {}
  Channel channel;
  std::atomic<bool> ended{false};
  std::jthread thread;  ///< last: uses the rest
};

/// Those who want a relay (one question each, then the connection is the relay's), or whom a guest
/// answers: each on a thread of its own.
class Visitors {
 public:
  void add(std::function<void(const std::stop_token&)> serve) {
    auto& visitor = all_.emplace_back(std::make_unique<Visitor>());
    visitor->thread = std::jthread(
        [raw = visitor.get(), serve = std::move(serve)](const std::stop_token& stop) mutable {
          serve(stop);
          serve = nullptr;  // with it the connection
          raw->ended = true;
        });
  }
  void forget_ended() {
    all_.remove_if([](const auto& visitor) { return visitor->ended.load(); });
  }
  bool empty() const { return all_.empty(); }
  void end() {
    for (const auto& visitor : all_) visitor->thread.request_stop();
    all_.clear();
  }
  /// They go when they want to, or with `stop`.
  void see_off(const std::stop_token& stop) {
    for (forget_ended(); !empty() && !stop.stop_requested(); forget_ended()) {
      std::this_thread::sleep_for(visitor_round);
    }
    end();
  }

 private:
  struct Visitor {
    std::atomic<bool> ended{false};
    std::jthread thread;  ///< last: uses the rest
  };
  std::list<std::unique_ptr<Visitor>> all_;
};

/// For functions, which can be copied.
std::shared_ptr<UniqueFd> shared(UniqueFd fd) { return std::make_shared<UniqueFd>(std::move(fd)); }

/// A guest with its door.
struct Door {
  Guest guest;
  UniqueFd listener;
};

class Server {
 public:
  /// `visitors` are those of guests; they may stay longer.
  Server(ServeOptions options, EventSink& log, Visitors& visitors)
      : options_(std::move(options)),
        log_(log),
        visitors_(visitors),
        environments_(options_.place, log),
        life_{.version = options_.version, .end = [this](bool keep) { end(keep); }} {
    add_methods(dispatcher_, environments_, life_);
  }

  /// True: another process takes over, so that the visitors can be seen off.
  bool run(const std::stop_token& stop) {
    const auto listener = listen_at(options_.place);
    const auto relays = listen_at(options_.place, relay_socket_name);
    for (auto& guest : options_.guests) {
      auto listener_of_it = listen_at(options_.place, guest.socket_name.c_str());
      doors_.push_back({std::move(guest), std::move(listener_of_it)});
    }
    environments_.restore();
    serve_names();
    tell_ready();
    const std::stop_callback on_stop(stop, [this] { wake(); });
    auto idle_since = Clock::now();
    while (!stop.stop_requested() && !ending_) {
      std::vector<pollfd> fds{
          {listener.get(), POLLIN, 0}, {relays.get(), POLLIN, 0}, {awake_.get(), POLLIN, 0}};
      for (const auto& door : doors_) fds.push_back({door.listener.get(), POLLIN, 0});
      ::poll(fds.data(), fds.size(), static_cast<int>(std::min(round, options_.idle).count()));
      if ((fds[0].revents & POLLIN) != 0) accept(listener);
      if ((fds[1].revents & POLLIN) != 0) lend(relays);
      for (std::size_t i = 0; i < doors_.size(); ++i) {
        if ((fds[i + 3].revents & POLLIN) != 0) let_in(doors_[i]);
      }
      borrowers_.forget_ended();
      visitors_.forget_ended();
      clients_.remove_if([](const auto& client) { return client->ended.load(); });
      environments_.tidy();
      const bool busy = !clients_.empty() || !visitors_.empty() || !environments_.empty();
      if (busy) idle_since = Clock::now();
      if (Clock::now() - idle_since > options_.idle) break;
    }
    unlink_socket(options_.place);
    unlink_socket(options_.place, relay_socket_name);
    for (const auto& door : doors_) unlink_socket(options_.place, door.guest.socket_name.c_str());
    if (stop.stop_requested()) environments_.freeze();  // whoever comes next goes on
    if (!handed_over_) visitors_.end();
    clients_.clear();
    borrowers_.end();
    return handed_over_;
  }

  void tell_ready() {
    if (options_.ready) [[maybe_unused]]
      const auto written = ::write(options_.ready.get(), "\n", 1);
    options_.ready.reset();
  }

 private:
  void accept(const UniqueFd& listener) {
    UniqueFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket || !is_own_user(socket)) return;
    auto& client = clients_.emplace_back(std::make_unique<Client>(std::move(socket)));
    client->thread = std::jthread([this, raw = client.get()](const std::stop_token& stop) {
      try {
        dispatcher_.serve(raw->channel, stop);
      } catch (const std::exception&) {  // who talks nonsense is hung up on
        raw->channel.close();
      }
      raw->ended = true;
    });
  }

  void serve_names() {
    if (options_.names_port == 0) return;
    try {
      names_ = std::make_unique<NameProxy>(options_.names_port, [this](const std::string& name) {
        const auto found = environments_.find_named(name);
        return found ? std::optional(NamedServer{.address = found->address,
                                                 .port = found->port,
                                                 .tls = found->protocol == "https"})
                     : std::nullopt;
      });
      environments_.serve_names_at(names_->port());
    } catch (const Error& error) {
      Log(log_).text(LogLevel::warning, error.message());
    }
  }

  void lend(const UniqueFd& listener) {
    UniqueFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket || !is_own_user(socket)) return;
    borrowers_.add([this, fd = shared(std::move(socket))](const std::stop_token&) {
      const auto wish = hear_relay_wish(*fd, wish_limit);
      if (wish && !environments_.lend(*wish, *fd)) answer_relay_wish(*fd, false);
    });
  }

  void let_in(const Door& door) {
    UniqueFd socket(::accept4(door.listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket || !is_own_user(socket)) return;
    visitors_.add([&log = log_, serve = door.guest.serve,
                   fd = shared(std::move(socket))](const std::stop_token& stop) {
      try {
        serve(std::move(*fd), stop);
      } catch (const std::exception& error) {  // it ends for this client, and for nobody else
        Log(log).text(LogLevel::warning, error.what());
      }
    });
  }

  void end(bool keep) {
    keep ? environments_.freeze() : environments_.forget();
    handed_over_ = keep;
    ending_ = true;
    wake();
  }

  void wake() const { ::eventfd_write(awake_.get(), 1); }

  ServeOptions options_;
  EventSink& log_;
  Visitors& visitors_;
  Environments environments_;
  Life life_;
  Dispatcher dispatcher_;
  const UniqueFd awake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> handed_over_{false};
  std::atomic<bool> ending_{false};
  std::list<std::unique_ptr<Client>> clients_;
  std::vector<Door> doors_;
  Visitors borrowers_;
  std::unique_ptr<NameProxy> names_;  ///< last: its threads use the rest
};

}  // namespace

void serve(ServeOptions options, EventSink& log, std::stop_token stop) {
  auto lock = lock_or_other(options.place, stop);
  if (!lock) {
    if (options.ready) [[maybe_unused]]
      const auto written = ::write(options.ready.get(), "\n", 1);
    return;
  }
  allow_many_descriptors();  // a connection costs two
  Visitors visitors;
  auto server = std::make_unique<Server>(std::move(options), log, visitors);
  const bool handed_over = server->run(stop);
  server.reset();  // with it the forwards and the ports of names
  lock.reset();
  if (handed_over) visitors.see_off(stop);
}

}  // namespace fairlead::server
