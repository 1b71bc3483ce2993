#include "ssh-remote/forward.hpp"

#include "ssh-remote/remote_text.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/daemon_socket.hpp>

namespace fairlead::ssh {
namespace {

constexpr int missing = 3;
constexpr int forbidden = 4;
constexpr int stopped = 5;

// $p the socket, $n the daemon's name or nothing.
constexpr auto look_script = R"sh(
f=$p
while [ "$f" != / ] && [ -n "$f" ]; do
  f=${f%/*}
  [ -z "$f" ] || [ ! -d "$f" ] || [ -x "$f" ] || exit 4
done
if [ ! -S "$p" ]; then
  [ -n "$n" ] && [ -d "/var/lib/$n" ] || exit 3
  for d in $folders; do
    [ ! -x "$d/${n}d" ] || exit 5
  done
  exit 3
fi
[ -w "$p" ] || exit 4)sh";

std::string script_for(const std::string& socket, const std::string& daemon) {
  std::string folders;
  for (const auto folder : sdk::daemon_folders) folders.append(folder).push_back(' ');
  return "p=" + sh_word(socket) + "\nn=" + sh_word(daemon) + "\nfolders=" + sh_word(folders) +
         look_script;
}

// OpenSSH accepts a local caller before it knows whether the other end lets it in.
void check_socket(Master& master, const std::string& path, int cancel_fd) {
  const auto name = sdk::daemon_of_socket(path);
  const auto status = master.run(script_for(path, name), cancel_fd).exit_code;
  const auto text = "cannot connect to " + path + " on " + master.address().text() + ": ";
  if (status == stopped) {
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
