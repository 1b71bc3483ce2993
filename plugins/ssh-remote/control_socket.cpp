#include "ssh-remote/control_socket.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace fairlead::ssh {
namespace {

namespace fs = std::filesystem;

constexpr int retry_ms = 20;
// A socket's path has at most 107 characters; ssh makes one with 17 more and renames it, forwards
// have 18 more.
constexpr std::size_t longest_folder = 107 - 18 - 17;

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() || !found->second.starts_with('/') ? std::string{}
                                                                       : found->second;
}

std::string runtime_folder(const Environment& environment) {
  if (const auto run = variable(environment, "XDG_RUNTIME_DIR"); !run.empty()) {
    return run + "/fairlead";
  }
  if (const auto state = variable(environment, "XDG_STATE_HOME"); !state.empty()) {
    return state + "/fairlead/run";
  }
  return variable(environment, "HOME") + "/.local/state/fairlead/run";
}

Error no_folder(const std::string& folder, const std::string& why) {
  return {Status::failed, "host.folder",
          "There is no private folder for connections to hosts: " + folder + ": " + why + ".",
          "Set XDG_RUNTIME_DIR to a folder that only you can write."};
}

void make_private(const std::string& folder) {
  std::error_code fault;
  fs::create_directories(fs::path(folder).parent_path(), fault);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    throw no_folder(folder, std::strerror(errno));
  }
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) throw no_folder(folder, std::strerror(errno));
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) {
    throw no_folder(folder, "it belongs to somebody else");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) ::chmod(folder.c_str(), S_IRWXU);
}

std::string machine_id() {
  std::ifstream file("/etc/machine-id");
  std::string id;
  std::getline(file, id);
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return id + ' ' + name.data();
}

}  // namespace

std::string short_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned shift = 0; shift < 64; shift += 4) out += digits[(hash >> shift) & 15U];
  return out;
}

std::string ControlFiles::forward(const std::string& target) const {
  return socket + '.' + short_hash(target);
}

ControlFiles control_files(const Environment& environment, const Settings& settings,
                           const Address& address) {
  auto folder = runtime_folder(environment) + "/ssh";
  if (folder.size() > longest_folder) {
    folder = "/tmp/.fairlead-" + std::to_string(::geteuid()) + '-' + short_hash(folder);
  }
  make_private(folder);
  const auto name = short_hash(settings.ssh_path + '\n' + address.text());
  const auto socket = folder + '/' + name;
  return {.socket = socket,
          .lock = socket + ".lock",
          .description = socket + ".host",
          .id = short_hash(machine_id() + '\n' + std::to_string(::geteuid()) + '\n' + socket)};
}

UniqueFd connect_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  path.copy(address.sun_path, path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int result = -1;
  do {
    result = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (result != 0 && errno == EINTR);
  return result == 0 ? std::move(fd) : UniqueFd{};
}

FileLock::FileLock(const std::string& path, int cancel_fd)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {
  if (!fd_) throw no_folder(path, std::strerror(errno));
  while (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    pollfd cancel{cancel_fd, POLLIN, 0};
    ::poll(&cancel, 1, retry_ms);
    if (cancel.revents != 0) {
      throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
    }
  }
}

}  // namespace fairlead::ssh
