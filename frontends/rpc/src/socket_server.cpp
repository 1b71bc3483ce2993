#include "socket_server.hpp"

#include "run_for_client.hpp"
#include "stream.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <thread>
#include <utility>

namespace fairlead::rpc {
namespace {

constexpr int round_ms = 200;
constexpr int lock_round_ms = 50;
constexpr std::chrono::seconds lock_limit{3};

struct SocketClient {
  std::atomic<bool> ended = false;
  std::jthread thread;  ///< last: uses the rest
};

/// One that is about to end has it for a moment more.
UniqueFd lock_of(const server::Place& place, const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + lock_limit;
  for (;;) {
    auto lock = server::take_lock(place);
    if (lock || stop.stop_requested() || std::chrono::steady_clock::now() >= deadline) return lock;
    ::poll(nullptr, 0, lock_round_ms);
  }
}

/// Each client by `serve`, on a thread of its own.
void serve_each(const server::Place& place, const std::stop_token& stop,
                const std::function<void()>& ready, const std::function<void(UniqueFd)>& serve) {
  const auto lock = lock_of(place, stop);
  if (!lock) {
    throw Error(Status::conflict, "rpc.served", "Another `fairlead serve --socket` runs already.",
                "Clients connect to " + place.socket_file() + '.');
  }
  const auto listener = server::listen_at(place);
  ready();
  std::list<std::unique_ptr<SocketClient>> clients;
  while (!stop.stop_requested()) {
    pollfd fd{listener.get(), POLLIN, 0};
    const int waiting = ::poll(&fd, 1, round_ms);
    clients.remove_if([](const auto& client) { return client->ended.load(); });
    if (waiting <= 0) continue;
    UniqueFd in(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!in || !server::is_own_user(in)) continue;
    auto& client = clients.emplace_back(std::make_unique<SocketClient>());
    client->thread = std::jthread([&serve, raw = client.get(), in = std::move(in)]() mutable {
      serve(std::move(in));
      raw->ended = true;
    });
  }
  server::unlink_socket(place);
}

}  // namespace

server::Place rpc_place(const Core& core) {
  return {.runtime = core.runtime_folder() + "/rpc", .state = core.state_folder()};
}

server::Place run_place(const Core& core) {
  return {.runtime = core.runtime_folder() + "/run", .state = core.state_folder()};
}

void serve_socket(const server::Place& place, const ConnectionOptions& options,
                  const std::stop_token& stop, const std::function<void()>& ready) {
  serve_each(place, stop, ready, [&](UniqueFd in) {
    UniqueFd out(::fcntl(in.get(), F_DUPFD_CLOEXEC, 3));
    serve_stream(std::move(in), std::move(out), options, stop);
  });
}

void serve_runs(const server::Place& place, const ConnectionOptions& options,
                const std::stop_token& stop, const std::function<void()>& ready) {
  serve_each(place, stop, ready,
             [&](const UniqueFd& socket) { run_for_client(socket, options.executable, stop); });
}

}  // namespace fairlead::rpc
