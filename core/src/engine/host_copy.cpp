#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"
#include "engine/copy_parts.hpp"
#include "engine/deadlines.hpp"
#include "engine/host_access.hpp"
#include "engine/remote_folder.hpp"
#include "engine/synced_folder.hpp"

#include <fairlead/error.hpp>
#include <fairlead/host_copy.hpp>

#include <fcntl.h>

#include <filesystem>
#include <future>

namespace fairlead {
namespace {

constexpr int not_there = 3;
constexpr int taken = 4;

constexpr std::string_view tar_failed = "\nfairlead-tar-failed ";

// $1 what is copied. That tar fails is said apart, on a line of its own among what a login shell
// and tar itself say: the pipe's status is the compressor's.
constexpr auto pack_script = R"sh([ -e "$1" ] || [ -h "$1" ] || exit 3
folder=${1%/*}
{ tar -C "${folder:-/}" -cf - -- "${1##*/}" || printf '\nfairlead-tar-failed %s\n' $? >&2; } |
  gzip -1)sh";

// $1 where to, $2 the name of what comes, $3 the part's name; says where it will be. The archive is
// complete when its compressor says so: the end of a tar alone can be lost unseen. The folder may
// be everybody's, such as /tmp: all is done inside of the part, which is nobody else's.
constexpr auto receive_script = R"sh(umask 022
place=${1%/}
[ ! -d "$1" ] || place=$place/$2
[ ! -d "$place" ] || exit 4
folder=${place%/*}
folder=${folder:-/}
[ -d "$folder" ] || mkdir -p "$folder" || exit 1
part=$folder/$3
trap 'exit 1' HUP INT TERM
(umask 077; mkdir "$part") || exit 1
trap 'rm -rf "$part"' EXIT
mkdir "$part/data" || exit 1
{ gzip -dc || echo failed >"$part/end"; } | tar -C "$part/data" -xopf -
result=$?
[ ! -e "$part/end" ] && [ $result = 0 ] || exit 1
trap - EXIT
printf '%s' "$place")sh";

// $1 the place, $2 the name, $3 the part's name, $4 how parts of this machine's begin; says which
// are beside it.
constexpr auto place_script = R"sh(folder=${1%/*}
part=$folder/$3
[ ! -d "$1" ] || { rm -rf "$part"; exit 4; }
mv -f "$part/data/$2" "$1" && { rm -rf "$part"; cd "${folder:-/}" && ls -d "$4"*; exit 0; }
rm -rf "$part"
exit 1)sh";

// $1 the place, then the names of parts beside it.
constexpr auto clear_script = R"sh(folder=${1%/*}
shift
cd "${folder:-/}" && rm -rf -- "$@")sh";

constexpr auto drop_script = R"sh(rm -rf "${1%/*}/$3")sh";

std::shared_ptr<Host> machine(Core& core, const std::string& address) {
  if (address.empty()) return local_host();
  return core.host(on_host(core.settings(core.options().working_directory, nullptr), address));
}

std::string shown(const HostPath& place) { return place.host + place.path; }

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// What has come to the target whole: placed, or gone with this, whatever the caller's token says.
class ReceivedPart {
 public:
  ReceivedPart(Host& host, std::vector<std::string> words)
      : host_(host), words_(std::move(words)) {}
  ReceivedPart(const ReceivedPart&) = delete;
  ReceivedPart& operator=(const ReceivedPart&) = delete;
  ~ReceivedPart() {
    if (is_done_) return;
    try {
      host_.spawn(request(drop_script), change({}));
    } catch (const Error&) {
      // The host is not to be reached any more.
    }
  }

  Captured place(const std::stop_token& stop) {
    auto placed = run_captured_on(host_, request(place_script), stop);
    is_done_ = placed.exit_code == 0;
    return placed;
  }

 private:
  SpawnRequest request(const char* script) const {
    SpawnRequest made{.argv = {"/bin/sh", "-c", script, "sh"}};
    made.argv.insert(made.argv.end(), words_.begin(), words_.end());
    return made;
  }

  Host& host_;
  std::vector<std::string> words_;
  bool is_done_ = false;
};

/// What former copies to the same folder have left there.
void clear_left_behind(Host& host, const std::string& place, std::string_view beside,
                       const std::stop_token& stop) {
  SpawnRequest request{.argv = {"/bin/sh", "-c", clear_script, "sh", place}};
  const auto known = request.argv.size();
  for (const auto name : split(beside, '\n')) {
    if (is_left_behind(name)) request.argv.emplace_back(name);
  }
  if (request.argv.size() == known) return;
  try {
    run_captured_on(host, std::move(request), stop);
  } catch (const Error&) {  // what was to be copied is there; the next one clears it
    return;
  }
}

/// Takes the line that says so out of what was said.
bool take_tar_failure(std::string& said) {
  const auto mark = said.find(tar_failed);
  if (mark == std::string::npos) return false;
  said.erase(mark, said.find('\n', mark + 1) - mark);
  return true;
}

[[noreturn]] void fail(const Captured& end, const HostPath& from, const HostPath& to) {
  if (end.exit_code == not_there) {
    throw Error(Status::not_found, "host.path_not_found",
                shown(from) + " does not exist, or you may not read it.");
  }
  if (end.exit_code == taken) {
    throw Error(Status::conflict, "host.path_taken",
                "There is a folder of that name at " + shown(to) + " already.",
                "Remove it, or name another place.");
  }
  throw Error(
      Status::failed, "host.copy",
      "Copying " + shown(from) + " to " + shown(to) + " failed: " + std::string(trim(end.err)),
      "Nothing of it is used. Is there room, and may you write there? tar and gzip are "
      "needed on both.");
}

}  // namespace

std::optional<HostPath> parse_host_path(const std::string& text) {
  auto place = parse_remote_place(text);
  if (!place) return std::nullopt;
  // Again, for what is left of "/x/.." and of "/x/."
  place = parse_remote_place(place->host +
                             std::filesystem::path(place->folder).lexically_normal().string());
  return HostPath{.host = std::move(place->host), .path = std::move(place->folder)};
}

void copy_between_hosts(Core& core, const HostPath& from, const HostPath& to,
                        std::stop_token stop) {
  const auto source = machine(core, from.host);
  const auto target = machine(core, to.host);
  const auto name = name_of(from.path);
  const auto part = new_copy_part();
  const LogStep step(core.log(), "Copying " + shown(from) + " to " + shown(to));
  auto pipe = make_pipe();
  ::fcntl(pipe.read_end.get(), F_SETPIPE_SZ, 1 << 20);
  auto packing = std::async(
      std::launch::async, [&, out = std::make_shared<UniqueFd>(std::move(pipe.write_end))] {
        return run_captured_on(*source, {.argv = {"/bin/sh", "-c", pack_script, "sh", from.path}},
                               stop, CapturedStreams{.in = {}, .out = std::move(*out)});
      });
  const auto received = run_captured_on(
      *target, {.argv = {"/bin/sh", "-c", receive_script, "sh", to.path, name, part}}, stop,
      CapturedStreams{.in = std::move(pipe.read_end), .out = {}});
  std::optional<ReceivedPart> whole;
  if (received.exit_code == 0)
    whole.emplace(*target, std::vector{received.out, name, part, copy_part_prefix()});
  auto packed = packing.get();
  if (packed.exit_code == not_there) fail(packed, from, to);
  const bool packs = !take_tar_failure(packed.err) && packed.exit_code == 0;
  if (!whole) {
    fail({.exit_code = received.exit_code, .out = {}, .err = packed.err + received.err}, from, to);
  }
  if (!packs) fail(packed, from, to);
  const auto placed = whole->place(stop);
  if (placed.exit_code != 0) fail(placed, from, to);
  clear_left_behind(*target, received.out, placed.out, stop);
}

}  // namespace fairlead
