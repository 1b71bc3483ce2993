#include "support/engine_proxy.hpp"

#include "support/request_parser.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace fairlead::test {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("socket path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

UniqueFd stream_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool send_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t size = ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string without_version(const std::string& line) {
  static const std::regex version("^([A-Z]+ )/v[0-9]+\\.[0-9]+/");
  return std::regex_replace(line, version, "$1/");
}

/// Bytes that were read, or nothing at the end of the stream.
std::string_view read_some(int fd, std::array<char, 65536>& buffer) {
  const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

EngineProxy::EngineProxy(std::string socket, std::string engine, Judge judge)
    : socket_(std::move(socket)),
      engine_(std::move(engine)),
      judge_(std::move(judge)),
      listener_(stream_socket()) {
  const sockaddr_un address = address_of(socket_);
  int ends[2];
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), 16) != 0 || ::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot listen at " + socket_);
  }
  end_read_.reset(ends[0]);
  end_write_.reset(ends[1]);
  acceptor_ = std::thread([this] { accept_connections(); });
}

EngineProxy::~EngineProxy() {
  end_write_.reset();  // its other end hangs up: everybody ends
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  ::unlink(socket_.c_str());
}

std::vector<std::string> EngineProxy::requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

void EngineProxy::forget_requests() {
  const std::lock_guard guard(mutex_);
  requests_.clear();
}

void EngineProxy::accept_connections() {
  while (true) {
    std::array<pollfd, 2> entries = {pollfd{listener_.get(), POLLIN, 0},
                                     pollfd{end_read_.get(), POLLIN, 0}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) return;
    if (entries[1].revents != 0) return;
    if (entries[0].revents == 0) continue;
    UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client || dead_) continue;
    const std::lock_guard guard(mutex_);
    connections_.emplace_back([this, fd = client.release()] { serve(UniqueFd(fd)); });
  }
}

EngineProxy::Verdict EngineProxy::note(const std::string& line) {
  int number = 0;
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(without_version(line));
    number = static_cast<int>(requests_.size());
  }
  const Verdict verdict = judge_ ? judge_(number, without_version(line)) : Verdict::forward;
  if (verdict == Verdict::die) dead_ = true;
  return verdict;
}

void EngineProxy::serve(UniqueFd client) {
  const UniqueFd engine = stream_socket();
  const sockaddr_un address = address_of(engine_);
  if (::connect(engine.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return;
  }
  RequestParser parser;
  std::array<char, 65536> buffer;
  bool sending = true;
  while (true) {
    std::array<pollfd, 3> entries = {pollfd{sending ? client.get() : -1, POLLIN, 0},
                                     pollfd{engine.get(), POLLIN, 0},
                                     pollfd{end_read_.get(), POLLIN, 0}};
    // A dead engine hangs up on everybody, soon.
    if (::poll(entries.data(), entries.size(), 50) < 0 && errno != EINTR) return;
    if (entries[2].revents != 0 || dead_) return;
    if (entries[0].revents != 0) {
      const std::string_view bytes = read_some(client.get(), buffer);
      for (const std::string& line : parser.feed(bytes)) {
        if (note(line) != Verdict::forward) return;
      }
      if (bytes.empty()) {
        sending = false;
        ::shutdown(engine.get(), SHUT_WR);
      } else if (!send_all(engine.get(), bytes)) {
        return;
      }
    }
    if (entries[1].revents != 0) {
      const std::string_view bytes = read_some(engine.get(), buffer);
      if (bytes.empty() || !send_all(client.get(), bytes)) return;
    }
  }
}

}  // namespace fairlead::test
