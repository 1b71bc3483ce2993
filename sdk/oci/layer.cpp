#include "layer.hpp"

#include <fairlead/error.hpp>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>

namespace fairlead::sdk::oci {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view removed = ".wh.";
constexpr std::string_view emptied = ".wh..wh..opq";

[[noreturn]] void give_up(int report, const std::string& why) {
  [[maybe_unused]] const auto written = ::write(report, why.data(), why.size());
  ::_exit(1);
}

/// Inside the new root. True: the entry was a word about older layers and no file.
bool is_removal(const fs::path& path) {
  const auto name = path.filename().string();
  std::error_code ignored;
  if (name == emptied) {
    std::error_code end;
    for (fs::directory_iterator old(path.parent_path(), end);
         !end && old != fs::directory_iterator(); old.increment(end)) {
      fs::remove_all(old->path(), ignored);
    }
    return true;
  }
  if (!name.starts_with(removed)) return false;
  const auto victim = name.substr(removed.size());
  if (!victim.empty() && victim != "." && victim != "..") {
    fs::remove_all(path.parent_path() / victim, ignored);
  }
  return true;
}

bool is_wanted(archive_entry* entry) {
  const auto type = ::archive_entry_filetype(entry);
  return type != AE_IFCHR && type != AE_IFBLK && type != AE_IFSOCK;
}

// What the layer has in place of an older folder, or the other way round.
void make_room(const fs::path& path, archive_entry* entry) {
  std::error_code ignored;
  const auto there = fs::symlink_status(path, ignored);
  if (!fs::exists(there)) return;
  const bool folder = ::archive_entry_filetype(entry) == AE_IFDIR;
  if (folder && fs::is_symlink(there) && fs::is_directory(path, ignored)) return;
  if (folder != fs::is_directory(there)) fs::remove_all(path, ignored);
}

std::string problem_of(archive* which) {
  const char* text = ::archive_error_string(which);
  return text != nullptr ? text : "it is damaged";
}

fs::path path_of(archive_entry* entry) {
  const char* name = ::archive_entry_pathname(entry);
  return fs::path("/") / fs::path(name != nullptr ? name : "").relative_path();
}

// In a child, which nothing may leave: what is thrown ends it.
[[noreturn]] void unpack_here(int layer, int rootfs, int report) noexcept {
  std::setlocale(LC_ALL, "C.UTF-8");
  if (::fchdir(rootfs) != 0 || ::chroot(".") != 0 || ::chdir("/") != 0) {
    give_up(report, std::string("cannot make it the root: ") + std::strerror(errno));
  }
  auto* reader = ::archive_read_new();
  // No further ones: for some the library runs programs, which would be those of the image.
  ::archive_read_support_filter_none(reader);
  ::archive_read_support_filter_gzip(reader);
  if (::archive_libzstd_version() != nullptr) ::archive_read_support_filter_zstd(reader);
  ::archive_read_support_format_tar(reader);
  if (::archive_read_open_fd(reader, layer, 1 << 18) != ARCHIVE_OK) {
    give_up(report, problem_of(reader));
  }
  auto* writer = ::archive_write_disk_new();
  ::archive_write_disk_set_options(
      writer, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
                  ARCHIVE_EXTRACT_UNLINK | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SECURE_NODOTDOT);
  archive_entry* entry = nullptr;
  int result = ARCHIVE_OK;
  while ((result = ::archive_read_next_header(reader, &entry)) == ARCHIVE_OK ||
         result == ARCHIVE_WARN) {
    const auto path = path_of(entry);
    if (is_removal(path) || !is_wanted(entry)) continue;
    make_room(path, entry);
    if (::archive_read_extract2(reader, entry, writer) < ARCHIVE_WARN) {
      give_up(report, path.string() + ": " + problem_of(reader));
    }
  }
  if (result != ARCHIVE_EOF) give_up(report, problem_of(reader));
  ::archive_write_close(writer);
  ::_exit(0);
}

int wait_for(pid_t child, int report, const Call& call) {
  std::array<pollfd, 2> both{pollfd{report, POLLIN, 0}, pollfd{call.cancel_fd(), POLLIN, 0}};
  while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
  }
  if (both[0].revents == 0) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

void unpack_layer(const std::string& layer, const std::string& rootfs, const Call& call) {
  const UniqueFd input(::open(layer.c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd folder(::open(rootfs.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  std::array<int, 2> ends{};
  if (!input || !folder || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "image.unpack",
                "The layer " + layer + " cannot be read: " + std::strerror(errno));
  }
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) unpack_here(input.get(), folder.get(), writer.get());
  writer.reset();
  const int status = child > 0 ? wait_for(child, reader.get(), call) : -1;
  call.throw_if_cancelled();
  std::string why(4096, '\0');
  const auto got = ::read(reader.get(), why.data(), why.size());
  why.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (status == 0) return;
  throw Error(Status::failed, "image.unpack",
              "The layer " + layer +
                  " cannot be unpacked: " + (why.empty() ? "its process ended early" : why) + ".");
}

}  // namespace fairlead::sdk::oci
