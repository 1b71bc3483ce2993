#include "ports/relay_place.hpp"

#include "base/atomic_file.hpp"
#include "base/memory_file.hpp"
#include "base/paths.hpp"
#include "base/pipe.hpp"
#include "base/text.hpp"

#include <fairlead/relay/wire.hpp>

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

namespace fairlead::ports {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = 512;

/// Tries folders until one is found that belongs to the user, can be written, and may run programs.
/// What is at a known name in a folder of everybody's is used only when it is the user's own.
constexpr const char* script = R"sh(
for d in "$HOME/.cache" "$HOME" "$XDG_RUNTIME_DIR" /var/tmp /tmp /run /dev/shm; do
  case $d in /?*) ;; *) continue ;; esac
  [ -d "$d" ] && [ -w "$d" ] || continue
  f=$d/.fairlead-relay
  if [ -e "$f" ] || [ -L "$f" ]; then
    [ -d "$f" ] && [ ! -L "$f" ] && [ -O "$f" ] || continue
  else
    mkdir -m 700 "$f" 2>/dev/null || continue
  fi
  if [ -x "$f/$1" ] && [ ! -L "$f/$1" ]; then echo "$f/$1"; exit 0; fi
  printf '#!/bin/sh\nexit 0\n' >"$f/try" && chmod 700 "$f/try" || continue
  if "$f/try" 2>/dev/null; then
    rm -f "$f/try"
    cat >"$f/$1.$$" && chmod 700 "$f/$1.$$" && mv "$f/$1.$$" "$f/$1" && echo "$f/$1" && exit 0
    exit 1
  fi
  rm -f "$f/try"
  rmdir "$f" 2>/dev/null
done
exit 1
)sh";

fs::path libexec_folder() {
  std::error_code ignored;
  const auto folder = executable_path().parent_path();
  for (const auto& entry : {folder / "../libexec/fairlead", folder / "../../libexec/fairlead"}) {
    if (fs::is_directory(entry, ignored)) return entry;
  }
  return folder;
}

std::vector<RelayProgram> load_programs() {
  std::vector<RelayProgram> programs;
  const auto folder = libexec_folder();
  for (const char* machine : {"x86_64", "aarch64"}) {
    auto content = read_file_if_there(folder / (std::string("relay-") + machine));
    if (!content) continue;
    const auto hash = relay::fnv(*content);
    programs.push_back({machine, std::move(*content), hash});
  }
  utsname own{};
  ::uname(&own);
  std::stable_partition(programs.begin(), programs.end(), [&](const RelayProgram& program) {
    return program.machine == own.machine;
  });
  return programs;
}

void put_text(std::string& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_octal(std::string& header, std::size_t at, std::size_t width, std::size_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%0*zo", static_cast<int>(width - 1), value);
  put_text(header, at, std::string_view(text.data(), width - 1));
}

/// One entry of a POSIX tar archive; root's, mode 0755, from 1970.
std::string entry(const std::string& name, char type, std::string_view content) {
  std::string header(block, '\0');
  put_text(header, 0, name);
  put_octal(header, 100, 8, 0755);
  put_octal(header, 108, 8, 0);
  put_octal(header, 116, 8, 0);
  put_octal(header, 124, 12, content.size());
  put_octal(header, 136, 12, 0);
  header[156] = type;
  put_text(header, 257,
           std::string_view("ustar\0"
                            "00",
                            8));
  put_text(header, 148, "        ");
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put_octal(header, 148, 7, sum);
  header[154] = '\0';
  header += content;
  header.resize((header.size() + block - 1) / block * block, '\0');
  return header;
}

}  // namespace

std::string RelayProgram::file_name() const {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return "relay-" + machine + '-' + text.data();
}

const std::vector<RelayProgram>& relay_programs() {
  static const std::vector<RelayProgram> programs = load_programs();
  if (programs.empty()) {
    throw Error(Status::unavailable, "relay.missing", "The relay is not installed.",
                "It belongs to fairlead and lies in libexec/fairlead; install it again.");
  }
  return programs;
}

std::string relay_archive(const std::vector<RelayProgram>& programs) {
  const std::string folder = std::string(relay_folder).substr(1) + '/';
  std::string archive = entry(folder, '5', {});
  for (const auto& program : programs) {
    archive += entry(folder + program.file_name(), '0', program.content);
  }
  archive.append(2 * block, '\0');
  return archive;
}

void place_relay(Backend& backend, const std::string& instance, const CallOptions& options) {
  auto file = memory_file(relay_archive(relay_programs()));
  if (!file) throw Error(Status::failed, "relay.place", "There is no memory for the relay.");
  CallOptions call{.stop = options.stop, .timeout = options.timeout};
  CopyInRequest request{.id = instance, .path = "/"};
  request.archive = call.pass(std::move(file));
  backend.copy_in(request, std::move(call));
}

std::string place_by_shell(Backend& backend, const std::string& instance, const std::string& user,
                           const RelayProgram& program, const CallOptions& options) {
  auto file = memory_file(program.content);
  if (!file) throw Error(Status::failed, "relay.place", "There is no memory for the relay.");
  auto out = make_pipe();
  auto err = make_pipe();
  CallOptions call{.stop = options.stop, .timeout = options.timeout};
  ExecRequest request{
      .id = instance, .argv = {"/bin/sh", "-c", script, "sh", program.file_name()}, .user = user};
  request.in = call.pass(std::move(file));
  request.out = call.pass(std::move(out.write_end));
  request.err = call.pass(std::move(err.write_end));
  std::string path;
  int status = 0;
  {
    const PipeReader reader(std::move(out.read_end), [&](std::string_view text) { path += text; });
    const PipeReader silent(std::move(err.read_end), [](std::string_view) {});
    status = backend.exec(request, std::move(call)).exit_code;
  }
  const std::string placed(trim(path));
  if (status == 0 && placed.starts_with('/')) return placed;
  throw Error(Status::unsupported, "relay.place",
              "The container's file system is read-only, and there is no folder in it where the "
              "user may put a program and run it.",
              "Mount a volume or a tmpfs with exec, for example at /tmp.");
}

}  // namespace fairlead::ports
