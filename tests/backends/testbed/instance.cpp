#include "instance.hpp"

#include "shim_process.hpp"
#include "tree.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

extern "C" {  // glibc 2.36 forgot it in there
#include <sys/pidfd.h>
}

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

constexpr int shim_patience_ms = 10'000;

void refuse(bool asked, const std::string& what) {
  if (!asked) return;
  throw Error(Status::unsupported, "testbed.unsupported", "the test backend has no " + what,
              "The core checks capabilities before it creates anything.");
}

std::vector<std::string> mount_words(const Store& store, const Record& record) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < record.request.mounts.size(); ++i) {
    const Mount& mount = record.request.mounts[i];
    if (mount.type == MountType::tmpfs) {
      words.insert(words.end(), {"--tmpfs", mount.target});
      continue;
    }
    const std::string name = mount.source.empty() ? anonymous_volume(record, i) : mount.source;
    const std::string option = mount.read_only ? "--bind-read-only" : "--bind";
    words.insert(words.end(), {option, store.volume(name).string(), mount.target});
  }
  return words;
}

UniqueFd open_log(const Record& record, const char* name) {
  return UniqueFd(::open((record.folder / name).c_str(),
                         O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
}

/// False: `milliseconds` passed. Throws when the call is cancelled meanwhile; `call` may be null.
bool wait_for(int fd, int milliseconds, const sdk::Call* call) {
  std::array<pollfd, 2> entries = {pollfd{fd, POLLIN, 0},
                                   pollfd{call != nullptr ? call->cancel_fd() : -1, POLLIN, 0}};
  while (::poll(entries.data(), entries.size(), milliseconds) < 0 && errno == EINTR) {
  }
  if (entries[0].revents == 0 && call != nullptr) call->throw_if_cancelled();
  return entries[0].revents != 0;
}

void read_until_standing(ShimProcess& shim, const sdk::Call& call) {
  while (wait_for(shim.words_fd(), shim_patience_ms, &call)) {
    if (!shim.read_words()) break;
  }
  if (!shim.words().error_text.empty()) {
    throw Error(Status::failed, shim.words().error_code, shim.words().error_text);
  }
  if (shim.words().pid == 0) {
    throw Error(Status::internal, "testbed.shim", "the instance did not come up");
  }
}

}  // namespace

void refuse_unknown_manners(const CreateRequest& request) {
  for (const Mount& mount : request.mounts) {
    refuse(mount.type == MountType::bind, "host paths to mount (" + mount.source + ")");
    refuse(mount.source.find('/') != std::string::npos, "volume named " + mount.source);
  }
  refuse(!request.ports.empty(), "published ports");
  refuse(!request.run_args.empty(), "raw arguments");
  refuse(request.privileged, "privileged instances");
  refuse(!request.cap_add.empty() || !request.security_opt.empty(), "added capabilities");
  refuse(request.gpu, "graphics processors");
}

void run_instance(const Store& store, const Record& record, const Effective& effective,
                  UniqueFd lock, const sdk::Call& call) {
  for (const char* stale : {"main", "exit"}) fs::remove(record.folder / stale);
  fs::remove_all(record.root());
  copy_tree(effective.rootfs, record.root());
  ShimRequest request;
  request.words = {"--root", record.root().string(), "--record",    record.folder.string(),
                   "--user", effective.user,         "--directory", effective.directory};
  const auto mounts = mount_words(store, record);
  request.words.insert(request.words.end(), mounts.begin(), mounts.end());
  request.words.push_back("--");
  request.words.insert(request.words.end(), effective.argv.begin(), effective.argv.end());
  request.environment = effective.env;
  request.out = open_log(record, "out.log");
  request.err = open_log(record, "err.log");
  request.hold = std::move(lock);
  ShimProcess shim(std::move(request));
  read_until_standing(shim, call);
}

void end_instance(const Record& record, int timeout_seconds, const sdk::Call& call) {
  if (!record.running) return;
  const UniqueFd main(::pidfd_open(record.running->main, 0));
  const UniqueFd shim(::pidfd_open(record.running->shim, 0));
  if (main) {
    ::pidfd_send_signal(main.get(), SIGTERM, nullptr, 0);
    if (!wait_for(main.get(), timeout_seconds * 1000, &call)) {
      ::pidfd_send_signal(main.get(), SIGKILL, nullptr, 0);
    }
  }
  if (shim) wait_for(shim.get(), shim_patience_ms, nullptr);
}

}  // namespace fairlead::testbed
