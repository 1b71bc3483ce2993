#pragma once

#include <fairlead/unique_fd.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fairlead::ports::test {

/// A new empty folder, removed with its content.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "fl-ports.XXXXXX";
    path_ = ::mkdtemp(name.data()) != nullptr ? name : std::string();
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string below(const std::string& name) const { return path_ + '/' + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

inline Address loopback(int port, bool six) {
  Address out;
  if (six) {
    auto& address = reinterpret_cast<sockaddr_in6&>(out.storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.sin6_addr = in6addr_loopback;
    out.size = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(out.storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out.size = sizeof address;
  }
  return out;
}

inline UniqueFd tcp(bool six) {
  UniqueFd fd(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return fd;
}

/// Listens on 127.0.0.1 (or ::1), at a free port unless one is given.
inline UniqueFd listen_tcp(int port = 0, bool six = false) {
  auto fd = tcp(six);
  auto address = loopback(port, six);
  const int on = 1;
  if (six) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.get(), address.generic(), address.size) != 0 || ::listen(fd.get(), 64) != 0)
    return {};
  return fd;
}

inline int port_of(const UniqueFd& socket) {
  Address address;
  address.size = sizeof address.storage;
  ::getsockname(socket.get(), address.generic(), &address.size);
  return ntohs(reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port);
}

/// Empty: refused.
inline UniqueFd connect_tcp(int port, bool six = false) {
  auto fd = tcp(six);
  auto address = loopback(port, six);
  if (::connect(fd.get(), address.generic(), address.size) != 0) return {};
  return fd;
}

inline UniqueFd accept_one(const UniqueFd& listener) {
  UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const timeval limit{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return fd;
}

inline void send_all(const UniqueFd& socket, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto sent = ::send(socket.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return;
    done += static_cast<std::size_t>(sent);
  }
}

/// Until the end of the stream; ends with "<reset>" when that came instead. Waits 30 s at most.
inline std::string receive_all(const UniqueFd& socket) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got < 0) text += errno == ECONNRESET ? "<reset>" : "<timeout>";
    return text;
  }
}

inline std::string receive(const UniqueFd& socket, std::size_t size) {
  std::string text(size, '\0');
  const auto got = ::recv(socket.get(), text.data(), size, MSG_WAITALL);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace fairlead::ports::test
