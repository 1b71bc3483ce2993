#include "server/name_proxy.hpp"

#include "server/http_head.hpp"
#include "server/names.hpp"

#include <fairlead/error.hpp>
#include <fairlead/local_tls.hpp>
#include <fairlead/sdk/pump.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <thread>
#include <utility>

namespace fairlead::server {
namespace {

constexpr int tries = 10;
constexpr int backlog = 128;
constexpr std::size_t most_connections = 512;
constexpr int head_ms = 30'000;
constexpr int look_around_ms = 1000;
constexpr std::size_t piece = 16 * 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// Of an IPv4 or IPv6 address; what listens everywhere is reached on loopback.
Address address_of(const std::string& text, int port) {
  Address address;
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  const auto number = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    if (IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr)) six->sin6_addr = in6addr_loopback;
    six->sin6_family = AF_INET6;
    six->sin6_port = number;
    address.size = sizeof *six;
    return address;
  }
  if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) != 1 || four->sin_addr.s_addr == 0) {
    four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  four->sin_family = AF_INET;
  four->sin_port = number;
  address.size = sizeof *four;
  return address;
}

UniqueFd listen_on(const std::string& text, int port) {
  const auto address = address_of(text, port);
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.storage.ss_family == AF_INET6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  const bool listens =
      ::bind(fd.get(), generic, address.size) == 0 && ::listen(fd.get(), backlog) == 0;
  return listens ? std::move(fd) : UniqueFd();
}

UniqueFd connect_to_server(const NamedServer& server) {
  const auto address = address_of(server.address, server.port);
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  return ::connect(fd.get(), generic, address.size) == 0 ? std::move(fd) : UniqueFd();
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto put = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void refuse(int client, const std::string& status, const std::string& why) {
  const auto body = why + '\n';
  send_all(client, "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\n" +
                       "Content-Length: " + std::to_string(body.size()) +
                       "\r\nConnection: close\r\n\r\n" + body);
}

struct Request {
  HttpHead head;
  std::string rest;  ///< what came behind the head
};

class Connection {
 public:
  Connection(UniqueFd client, int cancel, const NameProxy::Find& find)
      : client_(std::move(client)), cancel_(cancel), find_(find) {}

  void serve() {
    const auto request = read_request();
    if (!request) return;
    const auto name = name_in_host(request->head.host);
    const auto server = name ? find_(*name) : std::nullopt;
    if (!server) {
      return refuse(client_.get(), "421 Misdirected Request",
                    "Nothing is forwarded by this name. `fairlead ports` lists what is.");
    }
    const auto upstream = connect_to_server(*server);
    if (!upstream) return refuse(client_.get(), "502 Bad Gateway", "The forward does not answer.");
    server->tls ? pass_by_tls(*request, upstream) : pass(*request, upstream.get());
  }

 private:
  std::optional<Request> read_request() {
    Request request;
    std::string text;
    for (;;) {
      const auto state = read_head(text, request.head);
      if (state == HeadState::complete) break;
      if (state == HeadState::faulty) {
        refuse(client_.get(), "400 Bad Request", "This is no request that is understood here.");
        return std::nullopt;
      }
      std::array<pollfd, 2> fds{{{client_.get(), POLLIN, 0}, {cancel_, POLLIN, 0}}};
      if (::poll(fds.data(), fds.size(), head_ms) <= 0 || fds[1].revents != 0) return std::nullopt;
      std::array<char, piece> buffer;
      const auto got = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return std::nullopt;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    request.rest = text.substr(request.head.size);
    return request;
  }

  void pass(const Request& request, int server) const {
    if (!send_all(server, request.head.passed + request.rest)) return;
    sdk::relay(client_.get(), server, cancel_);
  }

  void pass_by_tls(const Request& request, const UniqueFd& upstream) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    std::atomic<bool> no_tls{false};
    const std::jthread tls([&] {
      try {
        no_tls = !join_with_local_tls(upstream.get(), theirs.get(), cancel_, "localhost");
      } catch (const Error&) {
        no_tls = true;
      }
      theirs.reset();
    });
    auto text = request.head.passed + request.rest;
    if (!pass_until_answered(ours.get(), text)) {
      // So that the thread that joins them sees it, whatever it waits for.
      ::shutdown(upstream.get(), SHUT_RDWR);
      ::shutdown(ours.get(), SHUT_RDWR);
      return;
    }
    if (no_tls) return refuse(client_.get(), "502 Bad Gateway", "The server does not speak TLS.");
    if (!send_all(ours.get(), text)) return;
    sdk::relay(client_.get(), ours.get(), cancel_);
  }

  /// Passes `text`, and what the client says after it, until the server answers or ends: only then
  /// is it known whether it speaks TLS. `text`: what is left of it. False: the client is gone, or
  /// all ends.
  bool pass_until_answered(int server, std::string& text) const {
    bool ended = false;
    for (;;) {
      const auto to_server = static_cast<short>(text.empty() ? POLLIN : POLLIN | POLLOUT);
      const auto from_client = static_cast<short>(text.empty() && !ended ? POLLIN : 0);
      std::array<pollfd, 3> fds{
          {{server, to_server, 0}, {client_.get(), from_client, 0}, {cancel_, POLLIN, 0}}};
      if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return false;
      if (fds[2].revents != 0) return false;
      if ((fds[0].revents & ~POLLOUT) != 0) return true;
      if ((fds[0].revents & POLLOUT) != 0) {
        const auto put = ::send(server, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put > 0) text.erase(0, static_cast<std::size_t>(put));
      }
      if ((fds[1].revents & POLLIN) != 0) {
        if (!hear_client(text)) return false;
        ended = text.empty();
        if (ended) ::shutdown(server, SHUT_WR);
      } else if (fds[1].revents != 0) {
        return false;
      }
    }
  }

  /// Nothing is heard at the end of what it says. False: it is gone.
  bool hear_client(std::string& text) const {
    std::array<char, piece> buffer;
    const auto got = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) text.assign(buffer.data(), static_cast<std::size_t>(got));
    return got >= 0;
  }

  UniqueFd client_;
  int cancel_;
  const NameProxy::Find& find_;
};

struct Running {
  std::atomic<bool> ended{false};
  std::jthread thread;
};

}  // namespace

struct NameProxy::Impl {
  Impl(int wanted, Find the_find)
      : find(std::move(the_find)), cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    for (int i = 0; i < tries && !four; ++i) {
      four = listen_on("127.0.0.1", wanted + i);
      port = wanted + i;
    }
    if (!four) {
      throw Error(Status::conflict, "ports.taken",
                  "Others have the ports " + std::to_string(wanted) + " to " +
                      std::to_string(wanted + tries - 1) +
                      ": forwards cannot be reached by their names.",
                  "The setting port_names chooses another one.");
    }
    six = listen_on("::1", port);
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
      Connection(std::move(fd), cancel.get(), find).serve();
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
