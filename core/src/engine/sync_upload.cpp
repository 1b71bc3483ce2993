#include "engine/sync_upload.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>

#include <future>

namespace fairlead {
namespace {

// $1 the copy, $2 what unpacks. The archive is complete when its compressor says so: the end of a
// tar alone can be lost unseen.
constexpr auto receive_script = R"sh(umask 022
parent=${1%/*}
parent=${parent:-/}
[ -d "$parent" ] || mkdir -p "$parent" || exit 1
part=$parent/.fairlead-part-${1##*/}-$3
rm -rf "$part" "$part.end" && mkdir "$part" || exit 1
{ $2 -dc || echo failed >"$part.end"; } | tar -C "$part" -xopf -
result=$?
[ ! -e "$part.end" ] || { rm -f "$part.end"; result=1; }
[ $result = 0 ] || rm -rf "$part"
exit $result)sh";

// $1 the copy, $3 the name of the part, $4 the file with the copy's machine.
constexpr auto place_script = R"sh(part=${1%/*}/.fairlead-part-${1##*/}-$3
[ ! -d "$1" ] || rmdir "$1" || exit 1
printf '%s\n' "$3" >"$4.new" && mv "$part" "$1" && mv -f "$4.new" "$4")sh";

constexpr auto drop_script = R"sh(rm -rf "${1%/*}/.fairlead-part-${1##*/}-$3")sh";

// $5: where what is replaced goes.
constexpr auto merge_script = R"sh(part=${1%/*}/.fairlead-part-${1##*/}-$3
cd "$part" || exit 1
find . -type d -exec sh -c 't=$1; shift; for d; do [ -d "$t/$d" ] || mkdir -p "$t/$d" || exit 1; done' sh "$1" {} + || exit 1
find . ! -type d -exec sh -c 't=$1 o=$2; shift 2
for f; do
  if [ -e "$t/$f" ] || [ -h "$t/$f" ]; then
    mkdir -p "$o/${f%/*}" 2>/dev/null || { mv "$o" "$o.$$" && mkdir -p "$o/${f%/*}"; } || exit 1
    rm -rf "$o/$f" && { ln "$t/$f" "$o/$f" 2>/dev/null || mv "$t/$f" "$o/$f"; } || exit 1
  fi
  mv -f "$f" "$t/$f" || exit 1
done' sh "$1" "$5" {} + || exit 1
cd / && rm -rf "$part")sh";

constexpr auto remove_script = R"sh(cd "$1" 2>/dev/null || exit 0
exec xargs -0 sh -c 'o=$1; shift
for f; do
  [ -e "$f" ] || [ -h "$f" ] || continue
  if [ -d "$f" ] && [ ! -h "$f" ]; then rmdir "$f" 2>/dev/null; continue; fi
  d=$(dirname "$f")
  mkdir -p "$o/$d" 2>/dev/null || { mv "$o" "$o.$$" && mkdir -p "$o/$d"; } || exit 1
  rm -rf "$o/$f" && mv -f "$f" "$o/$f" || exit 1
  rmdir -p "$d" 2>/dev/null
done
exit 0' sh "$2")sh";

SpawnRequest script_there(const char* script, const SyncedFolder& folder,
                          const std::string& unpacker) {
  return {.argv = {"/bin/sh", "-c", script, "sh", folder.there, unpacker, machine_key(),
                   owner_file(folder), overwritten_folder(folder)}};
}

/// Reads what is listed and compresses it into `out`. Files that vanish meanwhile are left out.
Captured pack_here(const Core& core, const SyncedFolder& folder, const SyncPack& pack, bool zstd,
                   UniqueFd out, const std::stop_token& stop) {
  const std::string compressor = zstd ? "zstd -1 -T0 -q" : "gzip -1";
  const std::string script =
      "{ tar -C \"$1\" --null --no-recursion --ignore-failed-read -cf - -T - || echo \"tar $?\" "
      ">&2; "
      "} | " +
      compressor;
  Captured result;
  auto err = make_pipe();
  CallOptions options{.stop = stop};
  SpawnRequest request{.argv = {"/bin/sh", "-c", script, "sh", folder.here},
                       .env = core.options().environment,
                       .clean_env = true};
  request.env["LC_ALL"] = "C.UTF-8";  // we read what tar says
  request.in = options.pass(memory_file(list_of(pack)));
  request.out = options.pass(std::move(out));
  request.err = options.pass(std::move(err.write_end));
  {
    const PipeReader words(std::move(err.read_end),
                           [&](std::string_view piece) { result.err += piece; });
    result.exit_code = local_host()->spawn(request, std::move(options)).exit_code;
  }
  // 1: something changed while it was read; the next run sees to it.
  const bool unread = result.err.find("Permission denied") != std::string::npos;
  const bool failed = result.err.find("tar 2") != std::string::npos;
  if (result.exit_code == 0 && (failed || unread)) result.exit_code = 2;
  return result;
}

[[noreturn]] void fail(const SyncedFolder& folder, const std::string& said,
                       const std::string& side) {
  if (says_disk_full(said)) {
    throw Error(Status::failed, "sync.disk_full",
                folder.host + " has no room for the copy in " + folder.there + '.',
                "Nothing of it is used. Make room there, or name another place with "
                "--remote-workspace-folder.");
  }
  throw Error(Status::failed, "sync.upload",
              "Copying " + folder.here + " to " + folder.there + " on " + folder.host + " failed " +
                  side + ": " + std::string(trim(said)),
              "Nothing of it is used; the next run copies it again.");
}

/// Into the part beside the copy.
void send(const Core& core, Host& host, const SyncedFolder& folder, const SyncPack& pack, bool zstd,
          const std::stop_token& stop) {
  auto pipe = make_pipe();
  ::fcntl(pipe.read_end.get(), F_SETPIPE_SZ, 1 << 20);
  auto packed = std::async(std::launch::async,
                           [&, out = std::make_shared<UniqueFd>(std::move(pipe.write_end))] {
                             return pack_here(core, folder, pack, zstd, std::move(*out), stop);
                           });
  Captured there;
  auto err = make_pipe();
  CallOptions options{.stop = stop};
  auto request = script_there(receive_script, folder, zstd ? "zstd" : "gzip");
  request.in = options.pass(std::move(pipe.read_end));
  request.err = options.pass(std::move(err.write_end));
  {
    const PipeReader words(std::move(err.read_end),
                           [&](std::string_view piece) { there.err += piece; });
    there.exit_code = host.spawn(request, std::move(options)).exit_code;
  }
  const auto here = packed.get();
  if (there.exit_code != 0) fail(folder, there.err, "there");
  if (here.exit_code == 0) return;
  run_captured_on(host, script_there(drop_script, folder, {}), stop);
  fail(folder, here.err, "here");
}

void finish(Host& host, const SyncedFolder& folder, const char* script,
            const std::stop_token& stop) {
  const auto said = run_captured_on(host, script_there(script, folder, "-"), stop);
  if (said.exit_code == 0) return;
  run_captured_on(host, script_there(drop_script, folder, "-"), stop);
  fail(folder, said.err, "there");
}

}  // namespace

bool says_disk_full(const std::string& said) {
  return said.find("No space left on device") != std::string::npos ||
         said.find("Disk quota exceeded") != std::string::npos;
}

std::string list_of(const SyncPack& pack) {
  std::string list;
  // The root itself carries no entry: its owner and time are the host's.
  for (const auto& path : pack.folders) list.append("./").append(path).push_back('\0');
  for (const auto& path : pack.files) list.append("./").append(path).push_back('\0');
  return list;
}

std::string overwritten_folder(const SyncedFolder& folder) {
  return folder.state_there() + "/overwritten-" + folder.key;
}

void upload_folder(Core& core, Host& host, const SyncedFolder& folder, const SyncFiles& files,
                   bool zstd, const std::stop_token& stop) {
  const LogStep step(core.log(),
                     "Copying " + folder.here + " to " + folder.there + " on " + folder.host);
  send(core, host, folder, {.folders = files.folders, .files = files.files}, zstd, stop);
  finish(host, folder, place_script, stop);
}

void upload_files(Core& core, Host& host, const SyncedFolder& folder, const SyncPack& pack,
                  bool zstd, const std::stop_token& stop) {
  if (pack.files.empty() && pack.folders.empty()) return;
  send(core, host, folder, pack, zstd, stop);
  finish(host, folder, merge_script, stop);
}

void remove_there(Host& host, const SyncedFolder& folder, const std::vector<std::string>& paths,
                  const std::stop_token& stop) {
  if (paths.empty()) return;
  std::string list;
  for (const auto& path : paths) list.append("./").append(path).push_back('\0');
  const auto said = run_captured_on(
      host,
      {.argv = {"/bin/sh", "-c", remove_script, "sh", folder.there, overwritten_folder(folder)}},
      stop, list);
  if (said.exit_code != 0) fail(folder, said.err, "there");
}

}  // namespace fairlead
