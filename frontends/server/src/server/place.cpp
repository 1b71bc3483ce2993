#include "server/place.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace fairlead::server {
namespace {

constexpr const char* lock_name = "server.lock";
constexpr int backlog = 64;

Error failure(const std::string& what, int error) {
  return {Status::failed, "server.socket", what + ": " + std::strerror(error)};
}

/// A folder of this user that nobody else may write to; the socket in it is 0600.
UniqueFd open_folder(const Place& place) {
  std::error_code made;
  const auto parent = std::filesystem::path(place.runtime).parent_path();
  std::filesystem::create_directories(parent, made);
  ::mkdir(place.runtime.c_str(), 0700);
  UniqueFd folder(::open(place.runtime.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) throw failure("Cannot open '" + place.runtime + '\'', errno);
  struct stat info {};
  ::fstat(folder.get(), &info);
  if (info.st_uid != ::geteuid() || (info.st_mode & 0022U) != 0) {
    throw Error(Status::denied, "server.socket",
                "'" + place.runtime + "' belongs to somebody else, or others may write to it.",
                "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.");
  }
  return folder;
}

/// A path has at most 107 characters; through the open folder it is always short enough.
sockaddr_un address_in(const UniqueFd& folder, const char* name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(folder.get()) + '/' + name;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

UniqueFd new_socket() {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw failure("No socket", errno);
  return fd;
}

}  // namespace

UniqueFd take_lock(const Place& place) {
  const auto folder = open_folder(place);
  UniqueFd lock(::openat(folder.get(), lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) throw failure("Cannot open the lock in '" + place.runtime + '\'', errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
    const auto pid = std::to_string(::getpid()) + '\n';  // for people who look for it
    if (::ftruncate(lock.get(), 0) == 0) [[maybe_unused]]
      const auto written = ::write(lock.get(), pid.data(), pid.size());
    return lock;
  }
  if (errno != EWOULDBLOCK) throw failure("Cannot lock '" + place.runtime + '\'', errno);
  return {};
}

UniqueFd listen_at(const Place& place, const char* name) {
  const auto folder = open_folder(place);
  auto socket = new_socket();
  ::fchmod(socket.get(), 0600);
  ::unlinkat(folder.get(), name, 0);  // one that was killed left it
  const auto address = address_in(folder, name);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), backlog) != 0) {
    throw failure("Cannot listen in '" + place.runtime + '\'', errno);
  }
  return socket;
}

void unlink_socket(const Place& place, const char* name) {
  ::unlink((place.runtime + '/' + name).c_str());
}

UniqueFd connect_to(const Place& place, const char* name) {
  struct stat info {};
  if (::stat(place.runtime.c_str(), &info) != 0) return {};
  const auto folder = open_folder(place);
  auto socket = new_socket();
  const auto address = address_in(folder, name);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return {};
    throw failure("Cannot reach the background process", errno);
  }
  if (!is_own_user(socket)) {
    throw Error(Status::denied, "server.socket",
                "The background process in '" + place.runtime + "' is another user's.");
  }
  return socket;
}

bool is_own_user(const UniqueFd& connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

}  // namespace fairlead::server
