#include "ssh-remote/forward.hpp"

#include "ssh-remote/remote_text.hpp"

#include <fairlead/error.hpp>

namespace fairlead::ssh {
namespace {

constexpr int missing = 3;
constexpr int forbidden = 4;

// OpenSSH accepts a local caller before it knows whether the other end lets it in.
void check_socket(Master& master, const std::string& path, int cancel_fd) {
  const auto word = sh_word(path);
  const auto status =
      master
          .run("p=" + word +
                   "\nf=$p\nwhile [ \"$f\" != / ] && [ -n \"$f\" ]; do f=${f%/*}; [ -z \"$f\" ] || "
                   "[ ! -d \"$f\" ] || [ -x \"$f\" ] || exit 4; done\n"
                   "[ -S \"$p\" ] || exit 3\n[ -w \"$p\" ] || exit 4",
               cancel_fd)
          .exit_code;
  const auto text = "cannot connect to " + path + " on " + master.address().text() + ": ";
  if (status == missing) {
    throw Error(Status::unavailable, "host.connect", text + "there is no such socket",
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
