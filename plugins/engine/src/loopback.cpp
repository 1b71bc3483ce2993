#include "loopback.hpp"

#include <fairlead/engine/processes.hpp>
#include <fairlead/engine/relay.hpp>
#include <fairlead/engine/transport.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace fairlead::engine {
namespace {

/// Says "+" and becomes the connection, "-" when nothing listens, "?" when there is no program for
/// it. The port is looked up first: a program's own failure would look like an empty answer. State
/// 0A is LISTEN; what listens on ::1 alone is reached there. socat and nc may take the end of one
/// direction for the end of both, hence socat's long -t and nc late.
constexpr const char* script = R"(
p=$(printf %04X "$1"); host=
for file in /proc/net/tcp /proc/net/tcp6; do
  while read -r number local remote state rest; do
    case $local,$state in
      00000000000000000000000001000000:"$p",0A) host=${host:-::1} ;;
      *:"$p",0A) host=127.0.0.1 ;;
    esac
  done <"$file"
done 2>/dev/null
[ "$host" ] || { printf -; exit 1; }
if command -v socat >/dev/null 2>&1; then
  case $host in *:*) address="TCP6:[$host]:$1" ;; *) address="TCP:$host:$1" ;; esac
  printf +; exec socat -t 86400 - "$address"
fi
if command -v python3 >/dev/null 2>&1; then printf +; exec python3 -c '
import os, socket, sys, threading
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def send():
  while True:
    b = os.read(0, 65536)
    if not b: break
    s.sendall(b)
  s.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while True:
  b = s.recv(65536)
  if not b: break
  while b: b = b[os.write(1, b):]
' "$host" "$1"; fi
if command -v nc >/dev/null 2>&1; then printf +; exec nc "$host" "$1"; fi
if command -v bash >/dev/null 2>&1; then
  printf +; exec bash -c 'exec 3<>"/dev/tcp/$0/$1"; cat <&3 & cat >&3; wait' "$host" "$1"
fi
printf '?'
)";

std::pair<UniqueFd, UniqueFd> socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error(Status::failed, "host.pipe", "There is no socket for the connection.");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

RawStream start(Client& client, const std::string& instance, int port, const sdk::Call& call) {
  const Subject subject{SubjectKind::instance, instance};
  ExecRequest request{.id = instance,
                      .argv = {"/bin/sh", "-c", script, "dial", std::to_string(port)}};
  request.in = FdRef{0};  // for the body: it has an input
  const auto created = client.send({{.method = "POST",
                                     .target = "/containers/" + percent_encoded(instance) + "/exec",
                                     .body = exec_create_body(request)},
                                    subject},
                                   call);
  return client.hijack({{.method = "POST",
                         .target = "/exec/" + id_from(created.body) + "/start",
                         .body = exec_start_body(request)},
                        subject},
                       call);
}

/// The script's first word; 0: it said none.
char answer(const UniqueFd& stream, const sdk::Call& call) {
  char said = 0;
  wait_for(stream.get(), POLLIN, call);
  return ::read(stream.get(), &said, 1) == 1 ? said : '\0';
}

}  // namespace

struct Loopback::Carried {
  Carried(RawStream wanted, UniqueFd end)
      : life(std::chrono::hours(24 * 365)),
        stream(std::move(wanted)),
        thread([this, fd = std::move(end)]() mutable {
          UniqueFd in(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
          try {
            relay(stream, {std::move(in), std::move(fd), {}, true}, life.call());
          } catch (const std::exception&) {  // its end tells the other side
            ended = true;
            return;
          }
          ended = true;
        }) {}
  ~Carried() {
    life.end();
    thread.join();
  }
  Carried(const Carried&) = delete;
  Carried& operator=(const Carried&) = delete;

  std::atomic<bool> ended = false;
  OwnCall life;
  RawStream stream;
  std::thread thread;
};

UniqueFd Loopback::dial(Client& client, const std::string& instance, int port,
                        const sdk::Call& call) {
  auto [ours, theirs] = socket_pair();
  auto carried = std::make_shared<Carried>(start(client, instance, port, call), std::move(theirs));
  const auto place = "Port " + std::to_string(port) + " inside the container";
  switch (answer(ours, call)) {
    case '+':
      break;
    case '-':
      throw Error(Status::unavailable, "instance.dial", place + " refuses: nothing listens there.");
    default:
      throw Error(Status::unsupported, "instance.dial",
                  place + " cannot be connected to: the image has no socat, nc, python3 or bash.",
                  "fairlead's relay needs none of them: `fairlead forward` uses it.");
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(carried_, [](const auto& one) { return one->ended.load(); });
  carried_.push_back(std::move(carried));
  return std::move(ours);
}

}  // namespace fairlead::engine
