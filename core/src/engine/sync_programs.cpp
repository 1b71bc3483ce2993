#include "engine/sync_programs.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"

#include <fairlead/error.hpp>

#include <array>
#include <charconv>
#include <map>

namespace fairlead {
namespace {

// $1 the copy, $2 the folder of our state, $3 the file with the copy's machine.
constexpr auto ask_script = R"sh(umask 077
if mkdir -p "$2" 2>/dev/null && [ -w "$2" ]; then echo state=yes; fi
printf 'unison=%s\n' "$(unison -version 2>/dev/null </dev/null)"
printf 'rsync=%s\n' "$(rsync --version 2>/dev/null </dev/null | head -n 1)"
printf 'zstd=%s\n' "$(command -v zstd)"
printf 'owner=%s\n' "$(cat "$3" 2>/dev/null)"
if [ -d "$1" ]; then
  if [ -n "$(ls -A "$1" 2>/dev/null | head -n 1)" ]; then echo folder=filled; else echo folder=empty; fi
elif [ -e "$1" ] || [ -h "$1" ]; then echo folder=no
fi)sh";

constexpr auto versions_script = R"sh(printf 'unison=%s\n' "$(unison -version 2>/dev/null)"
printf 'rsync=%s\n' "$(rsync --version 2>/dev/null | head -n 1)"
printf 'zstd=%s\n' "$(command -v zstd)")sh";

std::map<std::string, std::string> values_in(const std::string& said) {
  std::map<std::string, std::string> values;
  for (const auto line : split(said, '\n')) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) {
      values.emplace(line.substr(0, equals), trim(line.substr(equals + 1)));
    }
  }
  return values;
}

HostSide side_of(std::map<std::string, std::string> values) {
  const auto& folder = values["folder"];
  return {.unison = version_in(values["unison"]),
          .rsync = version_in(values["rsync"]),
          .zstd = !values["zstd"].empty(),
          .owner = values["owner"],
          .folder = folder == "filled"  ? FolderThere::filled
                    : folder == "empty" ? FolderThere::empty
                    : folder == "no"    ? FolderThere::no_folder
                                        : FolderThere::none};
}

std::array<int, 2> numbers(const std::string& version) {
  std::array<int, 2> out{};
  const auto* at = version.data();
  const auto* end = at + version.size();
  for (auto& number : out) {
    at = std::from_chars(at, end, number).ptr;
    if (at != end) ++at;
  }
  return out;
}

std::string why_not_unison(const HostSide& here, const HostSide& there) {
  if (here.unison.empty() && there.unison.empty()) return "Unison is not installed";
  if (here.unison.empty()) return "Unison is not installed on this machine";
  if (there.unison.empty()) return "Unison is not installed on the host";
  return "Unison " + here.unison + " here and " + there.unison +
         " there do not understand each other";
}

std::string why_not_rsync(const HostSide& here, const HostSide& there) {
  if (here.rsync.empty() && there.rsync.empty()) return "nor is rsync";
  return here.rsync.empty() ? "rsync is not on this machine" : "rsync is not on the host";
}

}  // namespace

std::string version_in(const std::string& said) {
  const auto word = said.find("version ");
  if (word == std::string::npos) return {};
  const auto begin = said.find_first_of("0123456789", word);
  if (begin == std::string::npos) return {};
  return said.substr(begin, said.find_first_not_of("0123456789.", begin) - begin);
}

bool unisons_agree(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return false;
  const auto a = numbers(one);
  const auto b = numbers(other);
  constexpr std::array<int, 2> any_from = {2, 52};
  return a == b || (a >= any_from && b >= any_from);
}

std::string owner_file(const SyncedFolder& folder) {
  return folder.state_there() + "/owner-" + sha256_hex(folder.there).substr(0, 12);
}

HostSide ask_host_side(Host& host, const SyncedFolder& folder, const std::stop_token& stop) {
  const auto said = run_captured_on(host,
                                    {.argv = {"/bin/sh", "-c", ask_script, "sh", folder.there,
                                              folder.state_there(), owner_file(folder)}},
                                    stop);
  auto values = values_in(said.out);
  if (values["state"].empty()) {
    throw Error(Status::failed, "sync.home",
                folder.state_there() + " on " + folder.host + " cannot be written.",
                "What is known of a synchronised folder is kept there: is the home folder "
                "writable, and is there room?");
  }
  return side_of(std::move(values));
}

HostSide this_side(const Environment& environment, const std::stop_token& stop) {
  const auto said = run_captured_on(
      *local_host(),
      {.argv = {"/bin/sh", "-c", versions_script}, .env = environment, .clean_env = true}, stop);
  return side_of(values_in(said.out));
}

SyncProgram choose_sync_program(const std::string& wanted, const HostSide& here,
                                const HostSide& there) {
  const bool unison = unisons_agree(here.unison, there.unison);
  const bool rsync = !here.rsync.empty() && !there.rsync.empty();
  if ((wanted == "unison" && !unison) || (wanted == "rsync" && !rsync)) {
    throw Error(Status::unavailable, "sync.program",
                "The folder cannot be synchronised by " + wanted + ": " +
                    (unison || wanted == "unison" ? why_not_unison(here, there)
                                                  : why_not_rsync(here, there)) +
                    '.',
                "Install it on both machines, or leave out the setting sync_with.");
  }
  if (wanted == "unison" || (wanted == "auto" && unison)) return {.name = "unison", .note = {}};
  const auto reason = wanted == "auto" ? why_not_unison(here, there) : "sync_with says so";
  const std::string one_way = "one way only, from here to the host";
  if (wanted == "rsync" || (wanted == "auto" && rsync)) {
    return {.name = "rsync", .note = one_way + ": " + reason};
  }
  return {.name = "tar",
          .note = one_way + ", changed files whole: " + reason +
                  (wanted == "auto" ? ", " + why_not_rsync(here, there) : "")};
}

}  // namespace fairlead
