#include "server.hpp"

#include "greeting.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int listen_on(unsigned short port) {
  const int listener = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  checked(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener, 16), "listen");
  return listener;
}

void answer(int client) {
  char request[4096];
  if (recv(client, request, sizeof request, 0) <= 0) return;
  const std::string body = greeting("") + "\n";
  const std::string reply = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body;
  send(client, reply.data(), reply.size(), MSG_NOSIGNAL);
}

}  // namespace

void serve(unsigned short port) {
  const int listener = listen_on(port);
  for (;;) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const timeval patience{5, 0};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    answer(client);
    close(client);
  }
}
