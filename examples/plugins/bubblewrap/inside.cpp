#include "inside.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

UniqueFd open_inside(const fs::path& root, const std::string& path, int flags) {
  const UniqueFd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
}

std::string content_inside(const fs::path& root, const std::string& path) {
  const auto file = open_inside(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat is {};
  if (!file || ::fstat(file.get(), &is) != 0 || !S_ISREG(is.st_mode)) return {};
  std::string text;
  std::array<char, 65536> piece{};
  for (ssize_t got = 0; (got = ::read(file.get(), piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return text;
}

UniqueFd connected_inside(const fs::path& root, const std::string& path) {
  const auto place = open_inside(root, path, O_PATH);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = "/proc/self/fd/" + std::to_string(place.get());
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  if (place &&
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return fd;
  }
  throw Error(Status::unavailable, "host.connect",
              "Nothing listens at " + path + " of the sandbox: " + std::strerror(errno) + ".");
}

}  // namespace bubblewrap
