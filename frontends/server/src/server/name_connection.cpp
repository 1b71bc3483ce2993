#include "server/name_connection.hpp"

#include "server/http_head.hpp"
#include "server/names.hpp"

#include <fairlead/error.hpp>
#include <fairlead/local_tls.hpp>
#include <fairlead/sdk/pump.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace fairlead::server {
namespace {

constexpr int head_ms = 30'000;
constexpr int linger_ms = 500;
constexpr std::chrono::seconds linger_limit{2};
constexpr int gone_s = 2;
constexpr std::size_t piece = 64 * 1024;

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto put = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

/// A client that said its last may still listen, or be gone for good, which looks the same until
/// somebody asks: the kernel does, and one that is gone answers with a reset.
void ask_whether_it_listens(int client) {
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_KEEPIDLE, &gone_s, sizeof gone_s);
  ::setsockopt(client, IPPROTO_TCP, TCP_KEEPINTVL, &gone_s, sizeof gone_s);
  ::setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void refuse(int client, const std::string& status, const std::string& why) {
  const auto body = why + '\n';
  send_all(client, "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\n" +
                       "Content-Length: " + std::to_string(body.size()) +
                       "\r\nConnection: close\r\n\r\n" + body);
}

/// The connection to the server of the last request, with TLS between where it wants that.
class Upstream {
 public:
  Upstream(const NamedServer& server, int cancel)
      : server_(server), raw_(connect_to_server(server)) {
    if (!raw_ || !server.tls) return;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      raw_.reset();
      return;
    }
    ours_ = UniqueFd(ends[0]);
    tls_ = std::jthread([this, cancel, theirs = UniqueFd(ends[1])]() mutable {
      try {
        no_tls_ = !join_with_local_tls(raw_.get(), theirs.get(), cancel, "localhost");
      } catch (const Error&) {
        no_tls_ = true;
      }
      theirs.reset();
    });
  }
  ~Upstream() {
    if (!tls_.joinable()) return;
    // So that the thread sees it, whatever it waits for.
    ::shutdown(raw_.get(), SHUT_RDWR);
    ::shutdown(ours_.get(), SHUT_RDWR);
  }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  int fd() const { return ours_ ? ours_.get() : raw_.get(); }
  bool no_tls() const { return no_tls_; }
  bool leads_to(const NamedServer& server) const {
    return raw_ && server.address == server_.address && server.port == server_.port &&
           server.tls == server_.tls;
  }

 private:
  const NamedServer server_;
  UniqueFd raw_;
  UniqueFd ours_;
  std::atomic<bool> no_tls_{false};
  std::jthread tls_;  ///< last: uses the rest
};

enum class Outcome { again, over, other_protocol };

/// One request and its answer, both passing at the same time.
class Exchange {
 public:
  /// `heard`: what the client has said behind the head; what is of the next request stays there.
  Exchange(int client, const Upstream& upstream, int cancel, const HttpHead& head,
           std::string& heard)
      : client_(client),
        upstream_(upstream),
        server_(upstream.fd()),
        cancel_(cancel),
        head_(head),
        heard_(heard),
        to_server_(head.passed),
        request_(head.body) {}

  Outcome run() {
    take_body();
    while (!(answered_ && to_client_.empty())) {
      if (changed_ && to_client_.empty()) return change_protocol();
      if (!step()) return Outcome::over;
    }
    const bool whole = request_.reached() && to_server_.empty() && !client_ended_;
    return whole && head_.keep && answer_.keep ? Outcome::again : Outcome::over;
  }

 private:
  /// What the client has said as far as it belongs to this request.
  void take_body() {
    const auto size = request_.take(heard_);
    to_server_.append(heard_, 0, size);
    heard_.erase(0, size);
  }

  bool step() {
    const auto want = [](bool wanted, short events) { return wanted ? events : short{0}; };
    const bool reads_client = !client_ended_ && to_server_.size() < piece && heard_.size() < piece;
    const auto client =
        static_cast<short>(want(reads_client, POLLIN) | want(!to_client_.empty(), POLLOUT));
    const bool reads_server = !server_ended_ && to_client_.size() < piece;
    const auto server =
        static_cast<short>(want(reads_server, POLLIN) | want(!to_server_.empty(), POLLOUT));
    std::array<pollfd, 3> fds{{{client_, client, 0},  // a reset is always heard
                               {server != 0 ? server_ : -1, server, 0},
                               {cancel_, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) return errno == EINTR;
    if (fds[2].revents != 0 || (fds[0].revents & (POLLERR | POLLHUP)) != 0) return false;
    if ((fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && reads_server && !hear_server())
      return false;
    if ((fds[1].revents & POLLOUT) != 0) {
      put(server_, to_server_);
      if (client_ended_ && to_server_.empty()) ::shutdown(server_, SHUT_WR);
    }
    if ((fds[0].revents & POLLOUT) != 0 && !put(client_, to_client_)) return false;
    return (fds[0].revents & POLLIN) == 0 || !reads_client || hear_client();
  }

  /// False: nobody takes it any more. A server may well answer before it has heard all.
  static bool put(int fd, std::string& text) {
    const auto done = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done >= 0) {
      text.erase(0, static_cast<std::size_t>(done));
      return true;
    }
    if (errno == EAGAIN || errno == EINTR) return true;
    text.clear();
    return false;
  }

  bool hear_client() {
    std::array<char, piece> buffer;
    const auto got = ::recv(client_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) {
      client_ended_ = true;
      ask_whether_it_listens(client_);
      if (to_server_.empty()) ::shutdown(server_, SHUT_WR);
      return true;
    }
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
    if (!changed_) take_body();
    return !request_.faulty();
  }

  /// False: it has ended, or says what is no HTTP.
  bool hear_server() {
    std::array<char, piece> buffer;
    const auto got = ::recv(server_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) return end_of_server();
    said_.append(buffer.data(), static_cast<std::size_t>(got));
    return pass_answer();
  }

  bool end_of_server() {
    server_ended_ = true;
    if (in_body_ && body_.with_connection()) {
      answered_ = true;
      answer_.keep = false;
      return true;
    }
    if (!in_body_ && upstream_.no_tls())
      refuse(client_, "502 Bad Gateway", "The server does not speak TLS.");
    if (!to_client_.empty()) send_all(client_, to_client_);
    return false;
  }

  bool pass_answer() {
    while (!in_body_ && !changed_) {
      const auto state = read_answer(said_, head_.asks_head, answer_);
      if (state == HeadState::incomplete) return true;
      if (state == HeadState::faulty) {
        refuse(client_, "502 Bad Gateway", "The server does not speak HTTP.");
        return false;
      }
      to_client_.append(said_, 0, answer_.size);
      said_.erase(0, answer_.size);
      constexpr int switching = 101;
      changed_ = answer_.status == switching && head_.may_change;
      in_body_ = answer_.status >= 200;
      body_ = BodyEnd(answer_.body);
    }
    const auto size = changed_ ? said_.size() : body_.take(said_);
    to_client_.append(said_, 0, size);
    said_.erase(0, size);
    answered_ = in_body_ && body_.reached();
    return !body_.faulty();
  }

  /// Whatever it is now: bytes.
  Outcome change_protocol() {
    const auto rest = std::exchange(to_server_, {}) + std::exchange(heard_, {});
    if (!send_all(server_, rest)) return Outcome::over;
    sdk::relay(client_, server_, cancel_);
    return Outcome::other_protocol;
  }

  const int client_;
  const Upstream& upstream_;
  const int server_;
  const int cancel_;
  const HttpHead& head_;
  std::string& heard_;
  std::string to_server_;
  std::string to_client_;
  std::string said_;  ///< by the server, not looked at yet
  BodyEnd request_;
  BodyEnd body_;
  HttpAnswer answer_;
  bool in_body_ = false;
  bool answered_ = false;
  bool changed_ = false;
  bool client_ended_ = false;
  bool server_ended_ = false;
};

class Connection {
 public:
  Connection(UniqueFd client, int cancel, const NameProxy::Find& find)
      : client_(std::move(client)), cancel_(cancel), find_(find) {}

  void serve() {
    while (const auto head = read_request()) {
      const auto name = name_in_host(head->host);
      const auto server = name ? find_(*name) : std::nullopt;
      if (!server) {
        return refuse(client_.get(), "421 Misdirected Request",
                      "Nothing is forwarded by this name. `fairlead ports` lists what is.");
      }
      if (!upstream_ || !upstream_->leads_to(*server)) upstream_.emplace(*server, cancel_);
      if (!upstream_->leads_to(*server))
        return refuse(client_.get(), "502 Bad Gateway", "The forward does not answer.");
      Exchange exchange(client_.get(), *upstream_, cancel_, *head, heard_);
      const auto outcome = exchange.run();
      if (outcome == Outcome::over) return linger();
      if (outcome == Outcome::other_protocol) return;
    }
  }

 private:
  /// Nothing: there is none any more.
  std::optional<HttpHead> read_request() {
    for (;;) {
      HttpHead head;
      const auto state = read_head(heard_, head);
      if (state == HeadState::complete) {
        heard_.erase(0, head.size);
        return head;
      }
      if (state == HeadState::faulty) {
        refuse(client_.get(), "400 Bad Request", "This is no request that is understood here.");
        return std::nullopt;
      }
      if (!hear_more()) return std::nullopt;
    }
  }

  /// A client that was answered before it had said all would lose the answer with a reset.
  void linger() const {
    ::shutdown(client_.get(), SHUT_WR);
    std::array<char, piece> buffer;
    std::array<pollfd, 2> fds{{{client_.get(), POLLIN, 0}, {cancel_, POLLIN, 0}}};
    const auto end = std::chrono::steady_clock::now() + linger_limit;
    while (std::chrono::steady_clock::now() < end &&
           ::poll(fds.data(), fds.size(), linger_ms) > 0) {
      if (fds[1].revents != 0) return;
      if (::recv(client_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) <= 0) return;
    }
  }

  /// False: both have had enough. A server that ends its connection between two requests ends the
  /// client's.
  bool hear_more() {
    const int server = upstream_ && heard_.empty() ? upstream_->fd() : -1;
    std::array<pollfd, 3> fds{
        {{client_.get(), POLLIN, 0}, {cancel_, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), head_ms) <= 0 || fds[1].revents != 0) return false;
    if (fds[0].revents == 0) return false;
    std::array<char, piece> buffer;
    const auto got = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  UniqueFd client_;
  const int cancel_;
  const NameProxy::Find& find_;
  std::string heard_;
  std::optional<Upstream> upstream_;
};

}  // namespace

void serve_by_name(UniqueFd client, int cancel, const NameProxy::Find& find) {
  Connection(std::move(client), cancel, find).serve();
}

}  // namespace fairlead::server
