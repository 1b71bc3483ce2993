// A day of forwarding in some minutes: connections that end well, are reset or vanish, commands,
// listeners and borrowed relays, all at once, and now and then a relay that is killed. Every 20
// seconds everything is let come to an end, and then no descriptor may be left and memory may not
// have grown.
//
//   ports_soak [SECONDS]       default 600. Exit: 1 when something is left.

#include "ports/relay_session.hpp"
#include "ports/switchboard.hpp"
#include "support/wait.hpp"
#include "unit/ports/relay_fixture.hpp"
#include "unit/ports/sockets.hpp"

#include <dirent.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>

/// The sanitizer's; not every compiler brings its header along.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();

namespace fairlead {
/// Of a file that this program is not linked with: nothing here calls a backend.
FdRef CallOptions::pass(UniqueFd) { return {}; }
}  // namespace fairlead

namespace fairlead::ports::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr int workers = 8;
constexpr seconds round{20};
constexpr std::size_t most_bytes = 256 * 1024;
constexpr long most_growth_kib = 4 * 1024;

int descriptors(pid_t pid) {
  int count = 0;
  DIR* folder = ::opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (folder == nullptr) return -1;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

/// What is allocated and not freed. Resident memory would tell of the sanitizer: it keeps what was
/// freed for a while, and a note of every thread.
long allocated_kib() { return static_cast<long>(__sanitizer_get_current_allocated_bytes() / 1024); }

/// The relay of the moment; whoever uses it holds a shared lock.
struct Inside {
  Inside() : session(relay.session()) {}
  RelayProcess relay;
  std::shared_ptr<RelaySession> session;
};

class SoakRoute final : public Route {
 public:
  SoakRoute(std::shared_ptr<Inside>& inside, std::shared_mutex& mutex, int port, bool straight)
      : inside_(inside), mutex_(mutex), port_(port), straight_(straight) {}

  std::optional<SocketAddress> straight() override {
    if (!straight_) return std::nullopt;
    auto address = loopback(port_, false);
    return SocketAddress{.storage = address.storage, .size = address.size};
  }
  void straight_failed() override {}
  bool hand_over(UniqueFd& client, const std::shared_ptr<Traffic>& traffic) override {
    if (straight_) return false;
    std::shared_ptr<RelaySession> session;
    {
      const std::shared_lock lock(mutex_);
      session = inside_->session;
    }
    session->serve(std::move(client), {.port = port_},
                   [traffic](const ConnectionEnd&) { --traffic->open; });
    return true;
  }
  UniqueFd dial(UniqueFd&, const std::shared_ptr<Traffic>&, std::stop_token) override {
    throw Error(Status::unavailable, "ports.refused", "nobody listens");
  }

 private:
  std::shared_ptr<Inside>& inside_;
  std::shared_mutex& mutex_;
  const int port_;
  const bool straight_;
};

/// With room for all who come at once.
UniqueFd listen_widely() {
  auto listener = listen_tcp();
  ::listen(listener.get(), 4096);
  return listener;
}

/// Sends back what it hears, each connection on a thread that nobody waits for.
class EchoServer {
 public:
  EchoServer() : port(port_of(listener_)) {
    std::thread([fd = listener_.get()] {
      for (;;) {
        UniqueFd client(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC));
        if (client) std::thread([own = std::move(client)] { echo(own.get()); }).detach();
      }
    }).detach();
  }

 private:
  static void echo(int fd) {
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
      if (!write_all(fd, {buffer.data(), static_cast<std::size_t>(got)})) return;
    }
  }
  UniqueFd listener_ = listen_widely();

 public:
  const int port;
};

class Soak {
 public:
  Soak() {
    for (const bool straight : {true, false}) {
      auto listener = listen_tcp();
      ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);  // as the switchboard wants them
      local_[straight ? 0 : 1] = port_of(listener);
      std::vector<UniqueFd> listeners;
      listeners.push_back(std::move(listener));
      board_.open(std::move(listeners),
                  std::make_shared<SoakRoute>(inside_, mutex_, echo_.port, straight),
                  traffic_[straight ? 0 : 1]);
    }
  }

  bool run(seconds total) {
    const auto end = Clock::now() + total;
    work_for(seconds(3));  // what is made once
    settle();
    const int first = descriptors(::getpid());
    long lowest = 0;
    for (int number = 1; Clock::now() < end; ++number) {
      work_for(round);
      if (number % 2 == 0) kill_relay();
      if (!settle()) {
        for (const auto& traffic : traffic_) std::printf("%ld open, ", long{traffic->open});
        return say("connections are left");
      }
      const bool back =
          fairlead::test::wait_until(seconds(30), [&] { return descriptors(::getpid()) <= first; });
      const auto memory = allocated_kib();
      std::printf(
          "%4d rounds, %9ld operations, %3ld failed with a killed relay, %3d descriptors, "
          "relay %d, %ld KiB\n",
          number, done_.load(), failed_.load(), descriptors(::getpid()),
          descriptors(inside_->relay.pid), memory);
      std::fflush(stdout);
      if (!back) return say("descriptors are left");
      if (descriptors(inside_->relay.pid) > 40) return say("the relay has descriptors left");
      if (number == 2) lowest = memory;
      if (number > 2 && memory > lowest + most_growth_kib) return say("memory grows");
    }
    return true;
  }

 private:
  static bool say(const char* what) {
    std::printf("%s\n", what);
    return false;
  }
  bool settle() {
    return fairlead::test::wait_until(
        seconds(30), [&] { return traffic_[0]->open == 0 && traffic_[1]->open == 0; });
  }
  void work_for(seconds time) {
    const auto end = Clock::now() + time;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < workers; ++i) {
      threads.emplace_back([this, end, i] {
        std::mt19937 dice(i + static_cast<unsigned>(done_.load()));
        while (Clock::now() < end) one(dice);
      });
    }
  }
  void kill_relay() {
    auto next = std::make_shared<Inside>();
    std::shared_ptr<Inside> old;
    {
      const std::unique_lock lock(mutex_);
      old = std::exchange(inside_, next);
    }
    ::kill(old->relay.pid, SIGKILL);
    old->session->close();
  }

  void one(std::mt19937& dice) {
    std::shared_ptr<RelaySession> session;
    {
      const std::shared_lock lock(mutex_);
      session = inside_->session;
    }
    try {
      switch (dice() % 8) {
        case 0:
        case 1:
          transfer(local_[0], dice() % most_bytes);
          break;
        case 2:
        case 3:
          transfer(local_[1], dice() % most_bytes);
          break;
        case 4:
          vanish(local_[dice() % 2]);
          break;
        case 5:
          command(*session, dice() % 2 == 0);
          break;
        case 6:
          listen_inside(*session);
          break;
        default:
          borrow(*session);
      }
    } catch (const Error&) {
      ++failed_;
    }
    ++done_;
  }

  /// All comes back, and the end behind it.
  void transfer(int port, std::size_t size) {
    const auto client = connect_tcp(port);
    const auto text = pattern(size);
    std::jthread sender([&] {
      write_all(client.get(), text);
      ::shutdown(client.get(), SHUT_WR);
    });
    if (receive_all(client) != text) ++failed_;
  }
  static void vanish(int port) {
    const auto client = connect_tcp(port);
    send_all(client, "some bytes");
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  static void command(RelaySession& session, bool to_the_end) {
    const auto command = session.run({.argv = {to_the_end ? "true" : "cat"}});
    if (to_the_end) command->wait({});
  }
  static void listen_inside(RelaySession& session) {
    std::atomic<int> heard{0};
    const auto listener =
        session.listen({.port = 0}, [&](UniqueFd) { ++heard; }, {.timeout = seconds(20)});
    connect_tcp(listener->port());
    fairlead::test::wait_until(seconds(20), [&] { return heard == 1 || !session.alive(); });
  }
  static void borrow(RelaySession& session) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    UniqueFd ours(ends[0]);
    session.lend(UniqueFd(ends[1]));
    UniqueFd other(::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0));
    const auto borrowed = RelaySession::over(std::move(ours), std::move(other), seconds(20));
    borrowed->run({.argv = {"true"}})->wait({});
  }

  const EchoServer echo_;
  std::shared_mutex mutex_;
  std::shared_ptr<Inside> inside_ = std::make_shared<Inside>();
  std::array<std::shared_ptr<Traffic>, 2> traffic_{std::make_shared<Traffic>(),
                                                   std::make_shared<Traffic>()};
  Switchboard board_;
  std::array<int, 2> local_{};  ///< straight, by the relay
  std::atomic<long> done_{0};
  std::atomic<long> failed_{0};
};

}  // namespace
}  // namespace fairlead::ports::test

int main(int argc, char** argv) {
  const auto total = std::chrono::seconds(argc > 1 ? std::stol(argv[1]) : 600);
  ::signal(SIGPIPE, SIG_IGN);
  // Until the process ends, as the threads that serve it.
  static fairlead::ports::test::Soak soak;
  return soak.run(total) ? 0 : 1;
}
