#include "ssh-remote/forward.hpp"

#include "ssh-remote/remote_text.hpp"

#include <fairlead/error.hpp>

namespace fairlead::ssh {
namespace {

constexpr int missing = 3;
constexpr int forbidden = 4;
constexpr int stopped = 5;

// $p the socket. By its name is told whose it is: x.sock is xd's, which keeps its things in
// /var/lib/x.
constexpr auto look_script = R"sh(
f=$p
while [ "$f" != / ] && [ -n "$f" ]; do
  f=${f%/*}
  [ -z "$f" ] || [ ! -d "$f" ] || [ -x "$f" ] || exit 4
done
if [ ! -S "$p" ]; then
  n=${p##*/}
  n=${n%.sock}
  case ${p%/*} in /run | /var/run) ;; *) exit 3 ;; esac
  [ -d "/var/lib/$n" ] || exit 3
  for d in /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /bin /sbin /snap/bin; do
    [ ! -x "$d/${n}d" ] || exit 5
  done
  exit 3
fi
[ -w "$p" ] || exit 4)sh";

std::string name_of(const std::string& socket) {
  const auto name = socket.substr(socket.rfind('/') + 1);
  return name.substr(0, name.rfind(".sock"));
}

// OpenSSH accepts a local caller before it knows whether the other end lets it in.
void check_socket(Master& master, const std::string& path, int cancel_fd) {
  const auto status = master.run("p=" + sh_word(path) + look_script, cancel_fd).exit_code;
  const auto text = "cannot connect to " + path + " on " + master.address().text() + ": ";
  if (status == stopped) {
    const auto name = name_of(path);
    throw Error(Status::unavailable, "host.not_running",
                text + "there is no such socket; " + name + "d is installed, but does not run",
                "Start it there: `sudo systemctl start " + name + "`.");
  }
  if (status == missing) {
    throw Error(Status::unavailable, "host.no_socket", text + "there is no such socket",
                "Is the service installed there, and does it run?");
  }
  if (status == forbidden) {
    throw Error(Status::denied, "host.permission", text + "permission denied",
                "The account has no right to it: add it to the group that owns the socket, then "
                "log in anew.");
  }
}

}  // namespace

UniqueFd dial_through(Master& master, const HostDialRequest& request, int cancel_fd) {
  const bool tcp = request.socket.empty();
  const auto target = tcp ? request.host + ':' + std::to_string(request.port) : request.socket;
  const auto local = master.files().forward(target);
  if (auto connected = connect_socket(local)) return connected;
  if (!tcp) check_socket(master, request.socket, cancel_fd);
  auto mux = master.connect(cancel_fd);
  const FileLock lock(master.files().lock, cancel_fd);
  if (auto connected = connect_socket(local)) return connected;
  mux.forward(local, tcp ? request.host : request.socket, tcp ? request.port : 0, cancel_fd);
  if (auto connected = connect_socket(local)) return connected;
  throw Error(Status::unavailable, "host.connect",
              "cannot connect to " + target + " on " + master.address().text());
}

}  // namespace fairlead::ssh
