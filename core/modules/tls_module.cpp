#include "ports/tls_table.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>

/// OpenSSL between two sockets.
namespace fairlead {
namespace {

constexpr std::size_t piece = 64 * 1024;
constexpr int handshake_ms = 20'000;

/// OpenSSL writes with write(2): a peer that is gone would raise SIGPIPE on
/// this thread.
void ignore_pipe_signal() {
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

void make_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

/// One direction's bytes between reading and writing.
struct Buffer {
  std::array<char, piece> bytes;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool ended = false;   ///< nothing more is read
  bool passed = false;  ///< and the other side knows
  bool empty() const { return begin == end; }
  std::string_view rest() const { return {bytes.data() + begin, end - begin}; }
  void filled(std::size_t size) { begin = 0, end = size; }
};

class Join {
 public:
  Join(SSL* ssl, int plain, int cancel) : ssl_(ssl), plain_(plain), cancel_(cancel) {}

  bool handshake() {
    for (;;) {
      const int result = ::SSL_do_handshake(ssl_);
      if (result == 1) return true;
      const int wanted = ::SSL_get_error(ssl_, result);
      if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return false;
      const short events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      std::array<pollfd, 2> fds{{{::SSL_get_fd(ssl_), events, 0}, {cancel_, POLLIN, 0}}};
      if (::poll(fds.data(), fds.size(), handshake_ms) <= 0 || fds[1].revents != 0) return false;
    }
  }

  void run() {
    while (!failed_ && !(from_tls_.passed && to_tls_.passed)) {
      const bool from = step_from_tls();
      const bool to = step_to_tls();
      if (!from && !to && !failed_ && !wait()) return;
    }
  }

 private:
  /// True: something was done.
  bool step_from_tls() {
    if (from_tls_.passed) return false;
    if (from_tls_.empty() && !from_tls_.ended) read_tls();
    if (!from_tls_.empty()) {
      const auto text = from_tls_.rest();
      const auto put = ::send(plain_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (put > 0) from_tls_.begin += static_cast<std::size_t>(put);
      if (put < 0 && errno != EAGAIN && errno != EINTR) failed_ = true;
      return put > 0;
    }
    if (!from_tls_.ended) return false;
    ::shutdown(plain_, SHUT_WR);
    return from_tls_.passed = true;
  }

  bool step_to_tls() {
    if (to_tls_.passed) return false;
    if (to_tls_.empty() && !to_tls_.ended) {
      const auto got = ::recv(plain_, to_tls_.bytes.data(), piece, MSG_DONTWAIT);
      if (got > 0) to_tls_.filled(static_cast<std::size_t>(got));
      if (got == 0) to_tls_.ended = true;
      if (got < 0 && errno != EAGAIN && errno != EINTR) failed_ = true;
    }
    if (!to_tls_.empty()) {
      std::size_t put = 0;
      const auto text = to_tls_.rest();
      const int result = ::SSL_write_ex(ssl_, text.data(), text.size(), &put);
      to_tls_.begin += result == 1 ? put : 0;
      write_wants_write_ = result != 1 && note(result) == SSL_ERROR_WANT_WRITE;
      return result == 1;
    }
    if (!to_tls_.ended) return false;
    ::SSL_shutdown(ssl_);
    return to_tls_.passed = true;
  }

  void read_tls() {
    std::size_t got = 0;
    const int result = ::SSL_read_ex(ssl_, from_tls_.bytes.data(), piece, &got);
    read_wants_write_ = false;
    if (result == 1) return from_tls_.filled(got);
    const int why = note(result);
    read_wants_write_ = why == SSL_ERROR_WANT_WRITE;
    if (why == SSL_ERROR_ZERO_RETURN) from_tls_.ended = true;
  }

  /// What OpenSSL waits for; an end without a word of farewell is an end all
  /// the same.
  int note(int result) {
    const int why = ::SSL_get_error(ssl_, result);
    if (why == SSL_ERROR_SYSCALL || why == SSL_ERROR_SSL) {
      if (from_tls_.ended || to_tls_.ended) failed_ = true;
      from_tls_.ended = true;
      to_tls_.ended = to_tls_.passed = true;
    }
    ::ERR_clear_error();
    return why;
  }

  bool wait() {
    std::array<pollfd, 3> fds{
        {{::SSL_get_fd(ssl_), POLLIN, 0}, {plain_, 0, 0}, {cancel_, POLLIN, 0}}};
    if (write_wants_write_ || read_wants_write_) fds[0].events |= POLLOUT;
    if (from_tls_.ended || !from_tls_.empty()) fds[0].events &= static_cast<short>(~POLLIN);
    if (to_tls_.empty() && !to_tls_.ended) fds[1].events |= POLLIN;
    if (!from_tls_.empty()) fds[1].events |= POLLOUT;
    if (fds[0].events == 0) fds[0].fd = -1;
    if (fds[1].events == 0) fds[1].fd = -1;
    return (::poll(fds.data(), fds.size(), -1) > 0 || errno == EINTR) && fds[2].revents == 0;
  }

  SSL* ssl_;
  int plain_;
  int cancel_;
  Buffer from_tls_;
  Buffer to_tls_;
  bool write_wants_write_ = false;  ///< the last write could not go on
  bool read_wants_write_ = false;   ///< nor the last read: the session's keys are changed
  bool failed_ = false;
};

bool join(int socket, int plain, int cancel, const char* name) {
  ignore_pipe_signal();
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(::SSL_CTX_new(::TLS_client_method()),
                                                             ::SSL_CTX_free);
  if (!context) return false;
  ::SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(::SSL_new(context.get()), ::SSL_free);
  make_nonblocking(socket);
  if (!ssl || ::SSL_set_fd(ssl.get(), socket) != 1) return false;
  ::SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(name));  // what the macro does, without its C cast
  ::SSL_set_connect_state(ssl.get());
  const auto joined = std::make_unique<Join>(ssl.get(), plain, cancel);
  if (!joined->handshake()) return false;
  joined->run();
  return true;
}

}  // namespace
}  // namespace fairlead

extern "C" __attribute__((visibility("default"))) const fairlead::TlsTable fairlead_tls;
const fairlead::TlsTable fairlead_tls = {fairlead::tls_table_version, fairlead::join};
