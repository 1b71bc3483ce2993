#include "server/name_proxy.hpp"

#include "server/name_connection.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <list>
#include <thread>
#include <utility>

namespace fairlead::server {
namespace {

constexpr int tries = 10;
constexpr std::size_t most_connections = 512;
constexpr int look_around_ms = 1000;

struct Running {
  std::atomic<bool> ended{false};
  std::jthread thread;
};

}  // namespace

struct NameProxy::Impl {
  Impl(int wanted, Find the_find)
      : find(std::move(the_find)), cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    for (int i = 0; i < tries && !four; ++i) {
      four = listen_locally("127.0.0.1", wanted + i);
      port = wanted + i;
    }
    if (!four) {
      throw Error(Status::conflict, "ports.taken",
                  "Others have the ports " + std::to_string(wanted) + " to " +
                      std::to_string(wanted + tries - 1) +
                      ": forwards cannot be reached by their names.",
                  "The setting port_names chooses another one.");
    }
    six = listen_locally("::1", port);
    thread = std::thread([this] { run(); });
  }
  ~Impl() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(cancel.get(), &one, sizeof one);
    thread.join();
  }

  void run() {
    std::list<Running> running;
    for (;;) {
      std::array<pollfd, 3> fds{
          {{cancel.get(), POLLIN, 0}, {four.get(), POLLIN, 0}, {six.get(), POLLIN, 0}}};
      ::poll(fds.data(), fds.size(), running.empty() ? -1 : look_around_ms);
      running.remove_if([](const Running& one) { return one.ended.load(); });
      if (fds[0].revents != 0) return;
      for (const auto* listener : {&fds[1], &fds[2]}) {
        if ((listener->revents & POLLIN) != 0) accept(listener->fd, running);
      }
    }
  }

  void accept(int listener, std::list<Running>& running) {
    UniqueFd client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!client || running.size() >= most_connections) return;
    auto& one = running.emplace_back();
    one.thread = std::jthread([this, &one, fd = std::move(client)]() mutable {
      serve_by_name(std::move(fd), cancel.get(), find);
      one.ended = true;
    });
  }

  Find find;
  UniqueFd cancel;
  UniqueFd four;
  UniqueFd six;
  int port = 0;
  std::thread thread;
};

NameProxy::NameProxy(int port, Find find) : impl_(std::make_unique<Impl>(port, std::move(find))) {}

NameProxy::~NameProxy() = default;

int NameProxy::port() const { return impl_->port; }

}  // namespace fairlead::server
