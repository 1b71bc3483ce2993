#include "root.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

void do_mount(const std::string& source, const std::string& target, const char* type,
              unsigned long flags, const char* data = nullptr) {
  if (::mount(source.c_str(), target.c_str(), type, flags, data) != 0) give_up("mount " + target);
}

void bind_node(const std::string& root, const std::string& node) {
  std::ofstream(root + node).close();
  do_mount(node, root + node, nullptr, MS_BIND);
}

/// A handful of harmless devices: what the host has under /dev/shm must not be shared.
void make_devices(const std::string& root) {
  fs::create_directories(root + "/dev");
  do_mount("tmpfs", root + "/dev", "tmpfs", MS_NOSUID, "mode=0755,size=1m");
  for (const char* node :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}) {
    bind_node(root, node);
  }
  fs::create_directories(root + "/dev/pts");
  fs::create_directories(root + "/dev/shm");
  do_mount("devpts", root + "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
           "newinstance,ptmxmode=0666,mode=0620");
  do_mount("tmpfs", root + "/dev/shm", "tmpfs", MS_NOSUID, "mode=1777,size=16m");
  fs::create_symlink("pts/ptmx", root + "/dev/ptmx");
  fs::create_symlink("/proc/self/fd", root + "/dev/fd");
  fs::create_symlink("/proc/self/fd/0", root + "/dev/stdin");
  fs::create_symlink("/proc/self/fd/1", root + "/dev/stdout");
  fs::create_symlink("/proc/self/fd/2", root + "/dev/stderr");
}

void bind(const std::string& root, const Binding& binding) {
  const std::string target = root + binding.target;
  fs::create_directories(target);
  do_mount(binding.source, target, nullptr, MS_BIND);
  if (binding.read_only) do_mount("none", target, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY);
}

void enter(int root) {
  if (::fchdir(root) != 0 || ::chroot(".") != 0 || ::chdir("/") != 0) give_up("chroot");
}

int open_of(pid_t pid, const char* name, int flags) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  const int fd = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (fd < 0) give_up(path);
  return fd;
}

}  // namespace

void enter_new_root(const ShimSpec& spec) {
  do_mount("none", "/", nullptr, MS_REC | MS_PRIVATE);
  fs::create_directories(spec.root + "/proc");
  do_mount("proc", spec.root + "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV);
  make_devices(spec.root);
  for (const Binding& binding : spec.bindings) bind(spec.root, binding);
  for (const std::string& target : spec.tmpfs) {
    fs::create_directories(spec.root + target);
    do_mount("tmpfs", spec.root + target, "tmpfs", MS_NOSUID | MS_NODEV);
  }
  const int root = ::open(spec.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) give_up(spec.root);
  enter(root);
  ::close(root);
}

void join_instance(pid_t pid) {
  const int pid_space = open_of(pid, "ns/pid", 0);
  const int mount_space = open_of(pid, "ns/mnt", 0);
  const int root = open_of(pid, "root", O_DIRECTORY);
  if (::setns(pid_space, CLONE_NEWPID) != 0) give_up("joining the pid namespace");
  if (::setns(mount_space, CLONE_NEWNS) != 0) give_up("joining the mount namespace");
  enter(root);
  for (const int fd : {pid_space, mount_space, root}) ::close(fd);
}

}  // namespace fairlead::testbed
