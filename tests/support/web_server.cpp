#include "support/web_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace fairlead::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

UniqueFd listen_on_loopback(int& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), plain, size) != 0 || ::listen(fd.get(), 64) != 0) std::abort();
  ::getsockname(fd.get(), plain, &size);
  port = ntohs(address.sin_port);
  return fd;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// False when the connection ended before.
bool read_until(int fd, std::string& text, const std::function<bool()>& enough) {
  std::array<char, 4096> buffer{};
  while (!enough()) {
    const auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return true;
}

void add_headers(std::string_view head, WebRequest& request) {
  for (auto line = head.find("\r\n"); line != std::string_view::npos && line + 2 < head.size();) {
    const auto end = std::min(head.find("\r\n", line + 2), head.size());
    const auto text = head.substr(line + 2, end - line - 2);
    const auto colon = text.find(": ");
    if (colon != std::string_view::npos) {
      request.headers[lower(std::string(text.substr(0, colon)))] = text.substr(colon + 2);
    }
    line = end == head.size() ? std::string_view::npos : end;
  }
}

bool read_request(int fd, WebRequest& request) {
  std::string text;
  if (!read_until(fd, text, [&] { return text.find("\r\n\r\n") != std::string::npos; })) {
    return false;
  }
  const auto end = text.find("\r\n\r\n");
  const auto head = text.substr(0, end);
  const auto blank = head.find(' ');
  request.method = head.substr(0, blank);
  request.target = head.substr(blank + 1, head.find(' ', blank + 1) - blank - 1);
  add_headers(head, request);
  request.body = text.substr(end + 4);
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  return read_until(fd, request.body, [&] { return request.body.size() >= size; });
}

}  // namespace

bool WebConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void WebConnection::reply(int status, std::string_view body, const std::string& headers) const {
  send("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Length: " +
       std::to_string(body.size()) + "\r\nConnection: close\r\n" + headers + "\r\n");
  send(body);
}

void WebConnection::wait_for_close() const {
  pollfd watched{fd_, POLLIN | POLLRDHUP, 0};
  ::poll(&watched, 1, 20'000);
}

WebServer::WebServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = listen_on_loopback(port_);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

WebServer::~WebServer() {
  acceptor_.request_stop();
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (const auto& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
  workers_.clear();
}

void WebServer::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    workers_.emplace_back([this, fd = socket.get()] { serve(fd); });
    sockets_.push_back(std::move(socket));
  }
}

void WebServer::serve(int fd) {
  WebRequest request;
  if (read_request(fd, request)) {
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
    }
    WebConnection connection(fd);
    handler_(request, connection);
  }
  ::shutdown(fd, SHUT_RDWR);
}

std::vector<std::string> WebServer::requests() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& request : seen_) lines.push_back(request.method + ' ' + request.target);
  return lines;
}

WebRequest WebServer::last(const std::string& target) const {
  const std::lock_guard lock(mutex_);
  WebRequest found;
  for (const auto& request : seen_) {
    if (request.target == target) found = request;
  }
  return found;
}

int free_port() {
  int port = 0;
  const auto fd = listen_on_loopback(port);
  return port;
}

}  // namespace fairlead::test
