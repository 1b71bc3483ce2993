#include "ports/switchboard.hpp"

#include "ports/dial_threads.hpp"
#include "ports/joint.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <utility>

/// The loop's thread alone touches lines and connections; the others leave it errands. What epoll
/// reports is a key, not a pointer: something that has gone in the same round is not found.
namespace fairlead::ports {
namespace {

constexpr std::size_t most_dialling = 64;
constexpr int full_pause_ms = 100;  // when there are no descriptors left to accept with

void make_quick(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // no TCP: no matter
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);  // a container may just vanish
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
}

int pending_error(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

struct Switchboard::Loop : std::enable_shared_from_this<Loop> {
  struct LineState {
    std::vector<UniqueFd> listeners;
    std::shared_ptr<Route> route;
    std::shared_ptr<Traffic> traffic;
    std::stop_source stop;
  };
  struct Connection {
    std::shared_ptr<LineState> line;
    UniqueFd client;  ///< until it is joined
    UniqueFd target;  ///< while it is being connected straight
    std::unique_ptr<Joint> joint;
  };

  Loop() : epoll(::epoll_create1(EPOLL_CLOEXEC)), wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!epoll || !wake) {
      throw Error(Status::unavailable, "system.descriptors", "No descriptors are left.");
    }
    watch(wake.get(), EPOLLIN, 0);
  }

  // -------------------------------------------------------------- for every thread
  void post(std::function<void()> errand) {
    {
      const std::lock_guard lock(mutex);
      errands.push_back(std::move(errand));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
  }

  void do_now(const std::function<void()>& errand) {
    std::mutex own;
    std::condition_variable done;
    bool finished = false;
    post([&] {
      errand();
      const std::lock_guard lock(own);
      finished = true;
      done.notify_one();
    });
    std::unique_lock lock(own);
    done.wait(lock, [&] { return finished; });
  }

  // -------------------------------------------------------------- the loop's thread
  void run() {
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
    std::array<epoll_event, 256> events{};
    while (!ended) {
      const int patience = !busy.empty() ? 0 : paused.empty() ? -1 : full_pause_ms;
      const int count =
          ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), patience);
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
      go_on();
      if (count == 0) accept_again();
    }
    connections.clear();
    lines.clear();
  }

  void watch(int fd, std::uint32_t what, std::uint64_t key) const {
    epoll_event event{};
    event.events = what;
    event.data.u64 = key;
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void handle(const epoll_event& event) {
    const std::uint64_t key = event.data.u64;  // a copy: the kernel's record is packed
    if (key == 0) return do_errands();
    if (const auto line = lines.find(key); line != lines.end()) {
      return accept(line->first, line->second);
    }
    const auto found = connections.find(key);
    if (found == connections.end()) return;
    if (!found->second.joint) return connected(found->first, found->second);
    if ((event.events & EPOLLERR) != 0) found->second.joint->fail();
    move(found->first);
  }

  void do_errands() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake.get(), &count, sizeof count);
    std::vector<std::function<void()>> now;
    {
      const std::lock_guard lock(mutex);
      now.swap(errands);
    }
    for (const auto& errand : now) errand();
  }

  void accept(std::uint64_t key, const std::shared_ptr<LineState>& line) {
    for (const auto& listener : line->listeners) {
      for (;;) {
        UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (client) {
          begin(std::move(client), line);
        } else if (errno == EMFILE || errno == ENFILE) {
          pause(key, *line);
          break;
        } else if (errno != ECONNABORTED && errno != EINTR) {
          break;
        }
      }
    }
  }

  /// Without this the waiting client would keep the loop spinning.
  void pause(std::uint64_t key, const LineState& line) {
    for (const auto& listener : line.listeners) {
      ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, listener.get(), nullptr);
    }
    paused.push_back(key);
  }

  void accept_again() {
    for (const auto key : std::exchange(paused, {})) {
      const auto line = lines.find(key);
      if (line == lines.end()) continue;
      for (const auto& listener : line->second->listeners) watch(listener.get(), EPOLLIN, key);
    }
  }

  void begin(UniqueFd client, const std::shared_ptr<LineState>& line) {
    make_quick(client.get());
    ++line->traffic->connections;
    ++line->traffic->open;
    const auto key = ++last;
    auto& connection = connections[key];
    connection.line = line;
    connection.client = std::move(client);
    if (!connect_straight(key, connection)) reach(key, connection);
  }

  bool connect_straight(std::uint64_t key, Connection& connection) {
    const auto address = connection.line->route->straight();
    if (!address) return false;
    UniqueFd target(
        ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!target) return false;
    const auto* generic = reinterpret_cast<const sockaddr*>(&address->storage);
    if (::connect(target.get(), generic, address->size) != 0 && errno != EINPROGRESS) {
      connection.line->route->straight_failed();
      return false;
    }
    make_quick(target.get());
    connection.target = std::move(target);
    watch(connection.target.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, key);
    return true;
  }

  void connected(std::uint64_t key, Connection& connection) {
    if (!connection.target) return;
    if (const int error = pending_error(connection.target.get()); error != 0) {
      connection.target.reset();
      connection.line->route->straight_failed();
      return reach(key, connection);
    }
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(connection.target.get(), reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
      return;  // still on its way
    }
    join(key, connection);
  }

  void join(std::uint64_t key, Connection& connection) {
    connection.joint = std::make_unique<Joint>(
        std::move(connection.client), std::move(connection.target), connection.line->traffic);
    watch(connection.joint->outside(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, key);
    move(key);
  }

  /// Not straight: whoever moves the bytes himself, else a stream that somebody has to wait for.
  void reach(std::uint64_t key, Connection& connection) {
    const auto line = connection.line;
    if (line->route->hand_over(connection.client, line->traffic)) {
      connections.erase(key);
      return;
    }
    auto client = std::make_shared<UniqueFd>(std::move(connection.client));
    const std::weak_ptr<Loop> weak = weak_from_this();
    dialling->add([weak, key, line, client] {
      auto target = std::make_shared<UniqueFd>();
      bool served = false;
      try {
        *target = line->route->dial(*client, line->traffic, line->stop.get_token());
        served = !*client;
      } catch (const std::exception&) {  // the client learns it from the reset
        target->reset();
      }
      const auto loop = weak.lock();
      if (loop)
        loop->post([raw = loop.get(), key, client, target, served] {
          raw->dialled(key, std::move(*client), std::move(*target), served);
        });
    });
  }

  void dialled(std::uint64_t key, UniqueFd client, UniqueFd target, bool served) {
    const auto found = connections.find(key);
    if (found == connections.end()) {  // the line was closed meanwhile
      if (client) reset_on_close(client.get());
      return;
    }
    if (served) {
      connections.erase(found);
      return;
    }
    if (!target) {
      reset_on_close(client.get());
      --found->second.line->traffic->open;
      connections.erase(found);
      return;
    }
    make_quick(target.get());
    found->second.client = std::move(client);
    found->second.target = std::move(target);
    watch(found->second.target.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, key);
    join(key, found->second);
  }

  void move(std::uint64_t key) {
    const auto found = connections.find(key);
    if (found == connections.end() || !found->second.joint) return;
    const auto step = found->second.joint->move(pipes);
    if (step == Joint::Step::again) busy.push_back(key);
    if (step != Joint::Step::done) return;
    --found->second.line->traffic->open;
    connections.erase(found);
  }

  void go_on() {
    for (const auto key : std::exchange(busy, {})) move(key);
  }

  void close(Line key) {
    const auto found = lines.find(key);
    if (found == lines.end()) return;
    const auto line = found->second;
    line->stop.request_stop();
    line->listeners.clear();
    lines.erase(found);
    std::erase_if(connections, [&](auto& entry) {
      if (entry.second.line != line) return false;
      if (entry.second.client) reset_on_close(entry.second.client.get());
      --line->traffic->open;
      return true;
    });
  }

  void reset(Line key) {
    const auto found = lines.find(key);
    if (found == lines.end()) return;
    std::erase_if(connections, [&](auto& entry) {
      if (entry.second.line != found->second || !entry.second.joint) return false;
      --found->second->traffic->open;
      return true;
    });
  }

  UniqueFd epoll;
  UniqueFd wake;
  std::mutex mutex;
  std::vector<std::function<void()>> errands;  ///< under `mutex`
  bool ended = false;
  std::uint64_t last = 0;  ///< keys of lines and connections
  std::unordered_map<std::uint64_t, std::shared_ptr<LineState>> lines;
  std::unordered_map<std::uint64_t, Connection> connections;
  std::vector<std::uint64_t> busy;
  std::vector<std::uint64_t> paused;
  PipePool pipes;
  std::unique_ptr<DialThreads> dialling = std::make_unique<DialThreads>(most_dialling);
  std::thread thread;
};

Switchboard::Switchboard() : loop_(std::make_shared<Loop>()) {
  loop_->thread = std::thread([raw = loop_.get()] { raw->run(); });
}

Switchboard::~Switchboard() {
  loop_->do_now([&] {
    for (auto& [key, line] : loop_->lines) line->stop.request_stop();
    for (auto& [key, connection] : loop_->connections) connection.line->stop.request_stop();
    loop_->ended = true;
  });
  loop_->thread.join();
  loop_->dialling.reset();  // here: a thread of it may be the last one to hold the loop
}

Switchboard::Line Switchboard::open(std::vector<UniqueFd> listeners, std::shared_ptr<Route> route,
                                    std::shared_ptr<Traffic> traffic) {
  auto line = std::make_shared<Loop::LineState>();
  line->listeners = std::move(listeners);
  line->route = std::move(route);
  line->traffic = std::move(traffic);
  Line key = 0;
  loop_->do_now([&] {
    key = ++loop_->last;
    loop_->lines.emplace(key, line);
    for (const auto& listener : line->listeners) loop_->watch(listener.get(), EPOLLIN, key);
  });
  return key;
}

void Switchboard::join(Line line, UniqueFd client) {
  auto socket = std::make_shared<UniqueFd>(std::move(client));
  loop_->post([raw = loop_.get(), line, socket] {
    const auto found = raw->lines.find(line);
    if (found != raw->lines.end()) raw->begin(std::move(*socket), found->second);
  });
}

void Switchboard::reset(Line line) {
  loop_->do_now([&] { loop_->reset(line); });
}

void Switchboard::close(Line line) {
  loop_->do_now([&] { loop_->close(line); });
}

}  // namespace fairlead::ports
