#include "sandbox.hpp"

#include "users.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

extern "C" const char join_program_begin[];
extern "C" const char join_program_end[];

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

constexpr int patience_ms = 20000;

using Words = std::vector<std::string>;

void add(Words& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// bubblewrap makes what is missing above a mount as root's alone; the remote user goes there, too.
void add_parents(Words& words, const fs::path& target) {
  fs::path folder;
  for (const auto& part : target.parent_path()) {
    folder /= part;
    if (folder != "/") add(words, {"--perms", "0755", "--dir", folder.string()});
  }
}

void add_mount(Words& words, const Store& store, const Record& record, std::size_t number) {
  const auto& mount = record.request.mounts[number];
  add_parents(words, mount.target);
  if (mount.type == MountType::tmpfs) return add(words, {"--tmpfs", mount.target});
  auto source = fs::path(mount.source);
  if (mount.type == MountType::volume) {
    source = mount.source.empty() ? record.folder / "volumes" / std::to_string(number)
                                  : store.volume(mount.source);
    fs::create_directories(source);
  } else if (!fs::exists(source)) {
    throw Error(Status::invalid, "instance.mount", "There is no " + source.string() + " to mount.");
  }
  add(words, {mount.read_only ? "--ro-bind" : "--bind", source.string(), mount.target});
}

Words command_of(const Image& image, const CreateRequest& request) {
  auto words = request.entrypoint.value_or(image.info.entrypoint);
  const auto more = request.command      ? *request.command
                    : request.entrypoint ? Words{}
                                         : image.info.command;
  words.insert(words.end(), more.begin(), more.end());
  if (!words.empty()) return words;
  throw Error(Status::invalid, "instance.command",
              "Neither image nor configuration says what runs.");
}

Words sandbox_words(const Store& store, const Record& record, const Image& image,
                    bool network_is_private) {
  Words words{"bwrap",
              "--bind",
              record.root().string(),
              "/",
              "--dev",
              "/dev",
              "--proc",
              "/proc",
              "--ro-bind",
              "/sys",
              "/sys",
              "--unshare-pid",
              "--unshare-ipc",
              "--unshare-uts",
              "--hostname",
              record.info.id.substr(0, 12),
              "--as-pid-1",
              "--json-status-fd",
              "3"};
  if (network_is_private) words.emplace_back("--unshare-net");
  // bubblewrap drops all of them otherwise, as it is root itself.
  for (const char* name : {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
                           "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID",
                           "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT", "CAP_AUDIT_WRITE"}) {
    add(words, {"--cap-add", name});
  }
  if (fs::exists("/etc/resolv.conf")) {
    add(words, {"--ro-bind", "/etc/resolv.conf", "/etc/resolv.conf"});
  }
  add(words, {"--ro-bind", join_program(store), "/run/fairlead-join"});
  for (std::size_t i = 0; i < record.request.mounts.size(); ++i) add_mount(words, store, record, i);
  const auto& user = record.request.user.empty() ? image.info.user : record.request.user;
  const auto account = find_account(record.root(), user);
  auto folder = record.request.working_directory;
  if (folder.empty()) folder = image.info.working_directory;
  if (folder.empty()) folder = "/";
  add(words, {"--", "/run/fairlead-join", "0", account.uid, account.gid, account.groups, folder});
  const auto command = command_of(image, record.request);
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

/// The process is told of before its root is made: it has it once bubblewrap's own program is gone
/// from it. One that has ended by then was there, too.
bool has_its_root(int process) {
  std::error_code gone;
  const auto program = fs::read_symlink("/proc/" + std::to_string(process) + "/exe", gone);
  return gone ? true : program.filename() != "bwrap";
}

/// The process that bubblewrap says it has started; 0: it does not say yet.
int told_process(const Record& record) {
  const auto status = content_of(record.folder / "status");
  constexpr std::string_view key = "\"child-pid\": ";
  const auto at = status.find(key);
  const bool whole = at != std::string::npos && status.find('}', at) != std::string::npos;
  return whole ? static_cast<int>(std::strtol(status.c_str() + at + key.size(), nullptr, 10)) : 0;
}

/// Waits for the process that bubblewrap says it has started.
int wait_for_process(const Record& record, const sdk::Call& call) {
  const auto error = [&] {
    const auto said = content_of(record.folder / "err.log");
    return Error(Status::failed, "instance.start",
                 "The sandbox did not start: " + said.substr(0, said.find('\n')));
  };
  for (int waited = 0; waited < patience_ms; waited += 5) {
    const int process = told_process(record);
    if (process > 0 && has_its_root(process)) return process;
    if (fs::exists(record.folder / "ended")) throw error();
    call.throw_if_cancelled();
    ::poll(nullptr, 0, 5);
  }
  throw error();
}

bool wait_for_end(int process, int milliseconds, const sdk::Call* call) {
  std::array<pollfd, 2> both{pollfd{process, POLLIN, 0},
                             pollfd{call != nullptr ? call->cancel_fd() : -1, POLLIN, 0}};
  while (::poll(both.data(), both.size(), milliseconds) < 0 && errno == EINTR) {
  }
  if (both[0].revents == 0 && call != nullptr) call->throw_if_cancelled();
  return both[0].revents != 0;
}

}  // namespace

std::string join_program(const Store& store) {
  const auto path = store.folder() / "join";
  const auto size = static_cast<std::size_t>(join_program_end - join_program_begin);
  const std::string program(join_program_begin, size);
  if (!fs::exists(path) || content_of(path) != program) {
    auto fresh = (store.folder() / "join.XXXXXX").string();
    if (!UniqueFd(::mkstemp(fresh.data()))) {
      throw Error(Status::failed, "instance.start", "Cannot write " + fresh + ".");
    }
    std::ofstream(fresh, std::ios::binary) << program;
    ::chmod(fresh.c_str(), 0755);
    fs::rename(fresh, path);
  }
  return path.string();
}

Environment environment_of(const Image& image, const CreateRequest& request,
                           const Environment& more) {
  Environment all{{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
  for (const auto& pair : image.info.env) {
    const auto equals = pair.find('=');
    if (equals != std::string::npos) all[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  for (const auto& [name, value] : request.env) all[name] = value;
  for (const auto& [name, value] : more) all[name] = value;
  return all;
}

void start(const sdk::HostClient& host, const Store& store, const Record& record,
           bool network_is_private, const sdk::Call& call) {
  const auto image = store.image(record.request.image);
  if (!image) {
    throw Error(Status::not_found, "image.not_found", "The image is gone: " + record.request.image);
  }
  for (const char* old : {"status", "main", "ended"}) fs::remove(record.folder / old);
  const auto words = sandbox_words(store, record, *image, network_is_private);
  SpawnRequest request;
  // In a session of its own, so that it outlives this call and whoever made it.
  request.argv = {"setsid",
                  "--fork",
                  "sh",
                  "-c",
                  "cd \"$0\" && \"$@\" 3>status >>out.log 2>>err.log </dev/null; touch ended",
                  record.folder.string()};
  request.argv.insert(request.argv.end(), words.begin(), words.end());
  request.env = environment_of(*image, record.request, {});
  const auto& user = record.request.user.empty() ? image->info.user : record.request.user;
  request.env.emplace("HOME", find_account(record.root(), user).home);
  request.clean_env = true;
  try {
    host.spawn(request, {}, {}, {}, call);
    const int process = wait_for_process(record, call);
    write_file(record.folder / "main", std::to_string(process) + ' ' + start_time(process));
  } catch (...) {  // nobody would know of it
    const int process = told_process(record);
    if (process > 0 && !fs::exists(record.folder / "ended")) ::kill(process, SIGKILL);
    throw;
  }
}

void stop(const Record& record, int seconds, const sdk::Call& call) {
  if (record.main_process == 0) return;
  const fairlead::UniqueFd process(
      static_cast<int>(::syscall(SYS_pidfd_open, record.main_process, 0)));
  if (!process) return;
  ::kill(record.main_process, SIGTERM);
  if (!wait_for_end(process.get(), seconds * 1000, &call)) {
    ::kill(record.main_process, SIGKILL);
    wait_for_end(process.get(), patience_ms, nullptr);
  }
  // The last that is written into the folder, which may be removed next.
  for (int waited = 0; waited < patience_ms && !fs::exists(record.folder / "ended"); waited += 5) {
    ::poll(nullptr, 0, 5);
  }
}

}  // namespace bubblewrap
