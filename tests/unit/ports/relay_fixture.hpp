#pragma once

#include "ports/relay_session.hpp"

#include <fairlead/unique_fd.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace fairlead::ports::test {

constexpr std::chrono::seconds patience{30};

/// The relay itself, as a child with a socket for its standard streams.
class RelayProcess {
 public:
  explicit RelayProcess(std::vector<std::string> words = {}) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    stream = UniqueFd(ends[0]);
    const UniqueFd theirs(ends[1]);
    if (words.empty()) words = {program()};
    words.emplace_back("serve");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
    if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid = -1;
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~RelayProcess() {
    stream.reset();
    if (pid > 0) wait();
  }
  /// Its end; -1: it did not end in time and was killed.
  int wait() {
    int status = 0;
    for (int i = 0; i < 3000; ++i) {
      if (::waitpid(pid, &status, WNOHANG) == pid) {
        pid = -1;
        return status;
      }
      ::poll(nullptr, 0, 10);
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    pid = -1;
    return -1;
  }
  static std::string program(const std::string& machine = own_machine()) {
    return std::string(FAIRLEAD_BINARY_DIR) + "/libexec/fairlead/relay-" + machine;
  }
  static std::string own_machine() {
    utsname name{};
    ::uname(&name);
    return name.machine;
  }
  std::unique_ptr<RelaySession> session() {
    UniqueFd other(::fcntl(stream.get(), F_DUPFD_CLOEXEC, 0));
    return RelaySession::over(std::move(stream), std::move(other), patience);
  }

  UniqueFd stream;
  pid_t pid = -1;
};

/// A server on a loopback address; `serve` gets each connection on a thread of its own.
class Server {
 public:
  Server(int family, std::function<void(int)> serve) {
    sockaddr_storage address{};
    address.ss_family = static_cast<sa_family_t>(family);
    socklen_t size = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (family == AF_INET6) {
      reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
    } else {
      reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    socket_ = UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), any, size) != 0 || ::listen(socket_.get(), 512) != 0) return;
    ::getsockname(socket_.get(), any, &size);
    port = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
    if (!serve) return;
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (;;) {
        const int fd = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) break;
        connections_.emplace_back([fd, serve] {
          const UniqueFd owned(fd);
          serve(fd);
        });
      }
      for (auto& connection : connections_) connection.join();
    });
  }
  ~Server() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  int accept() { return ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC); }
  void stop_listening() { socket_.reset(); }

  int port = 0;

 private:
  UniqueFd socket_;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

inline std::string read_all(int fd) {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

inline std::string read_some(int fd, std::size_t size) {
  std::string text(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto got = ::read(fd, text.data() + have, size - have);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

inline bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto put = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

/// Bytes that show it when some are lost or swapped.
inline std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 88172645463325252U;
  for (auto& c : text) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    c = static_cast<char>(state);
  }
  return text;
}

inline std::string echo_back(int fd) {
  auto text = read_all(fd);
  write_all(fd, text);
  return text;
}

}  // namespace fairlead::ports::test
