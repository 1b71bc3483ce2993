#include "engine/system_setup.hpp"

#include "base/text.hpp"
#include "engine/enter.hpp"
#include "engine/enter_cache.hpp"
#include "engine/run.hpp"
#include "engine/the_host.hpp"

namespace fairlead {
namespace {

constexpr std::chrono::seconds limit{30};

/// $1 folder of the markers or nothing, $2 text for /etc/environment, $3 user or nothing, $4 uid,
/// $5 gid; $6 user of the hooks' markers or nothing, $7 their folder, nothing, or "-" for no
/// folder, then pairs of name and text. A user in $6 who is not there is answered with "?" and the
/// name, and nothing is changed. With a user in $3 it prints a line: uid, gid, the names that have
/// $4 and $5, home and the home's owner; what is unknown is "-".
constexpr const char* script = R"sh(
claim() { [ ! -f "$1" ] && (set -C; : >"$1") 2>/dev/null; }
mark() {
  user=${1%%:*} who=$1 folder=${2:-.devcontainer} home= found=
  shift 2
  while IFS= read -r line || [ -n "$line" ]; do
    rest=${line#*:*:}
    if [ "${line%%:*}" = "$user" ] || [ "${rest%%:*}" = "$user" ]; then
      found=1 home=${line%:*} home=${home##*:} rest=${rest#*:}
      case $who in *:*) ;; *) who=$user:${rest%%:*} ;; esac
    fi
  done </etc/passwd
  case $user in *[!0-9]*) ;; *) found=1 home=${home:-/root} ;; esac
  [ -n "$found" ] || { echo "?$user"; return; }
  [ "$folder" != - ] || return
  [ "$user" != root ] || home=${HOME:-$home}
  case $folder in /*) ;; *) folder=${home:-/root}/$folder ;; esac
  mkdir -p "$folder" && chown "$who" "$folder" || return
  while [ $# -gt 1 ]; do
    [ -e "$folder/$1" ] || { printf '%s\n' "$2" >"$folder/$1" && chown "$who" "$folder/$1"; }
    shift 2
  done
}
unknown=$( (shift 5; [ -z "$1" ] || mark "$@") 2>/dev/null )
[ -z "$unknown" ] || { printf '%s\n' "$unknown"; exit 0; }
if [ -n "$1" ] && mkdir -p "$1" 2>/dev/null; then
  if claim "$1/.patchEtcEnvironmentMarker"; then
    printf '%s' "$2" >>/etc/environment
  fi 2>/dev/null
  if claim "$1/.patchEtcProfileMarker"; then
    sed -i -E 's/(^|[[:space:]])PATH=([^$]*)$/\1PATH=${PATH:-\2}/' /etc/profile 2>/dev/null
  fi
fi
[ -n "$3" ] || exit 0
entry=- owner=- group=-
while IFS= read -r line || [ -n "$line" ]; do
  rest=${line#*:*:}
  [ "${line%%:*}" != "$3" ] || entry=$rest
  [ "${rest%%:*}" != "$4" ] || owner=${line%%:*}
done </etc/passwd
while IFS= read -r line || [ -n "$line" ]; do
  rest=${line#*:*:}
  [ "${rest%%:*}" != "$5" ] || group=${line%%:*}
done </etc/group
[ "$entry" != - ] || { echo '- - - - - -'; exit 0; }
uid=${entry%%:*} entry=${entry#*:}
gid=${entry%%:*} entry=${entry#*:*:}
home=${entry%%:*}
home_owner=-
if [ -d "$home" ]; then
  set -- "$uid" "$gid" "$owner" "$group" "$home" $(ls -nd "$home")
  home_owner=$8
fi
printf '%s\n' "$uid $gid $owner $group ${home:--} $home_owner"
)sh";

std::string clear_line(const WantedIds& wanted, const std::vector<std::string_view>& words) {
  const auto uid = std::to_string(wanted.uid);
  const auto gid = std::to_string(wanted.gid);
  const auto& user = wanted.user;
  if (words.size() != 6) return {};
  if (words[0] == "-") {
    return "The user " + user + " is not in the container's /etc/passwd; its ids stay.";
  }
  if (words[0] != uid) {
    return "The user " + user + " keeps the uid " + std::string(words[0]) + ": your uid " + uid +
           " belongs to " + std::string(words[2]) +
           " in the image. Files that one of you makes may not be writable for the other.";
  }
  if (words[5] != "-" && words[5] != uid) {
    return "The home folder " + std::string(words[4]) + " belongs to the uid " +
           std::string(words[5]) + " and not to " + user + " (" + uid +
           "): it is on a volume from before. Run chown -R " + uid + ':' + gid + ' ' +
           std::string(words[4]) + " in the container as root once.";
  }
  if (words[1] != gid) {
    return "The user " + user + " keeps the gid " + std::string(words[1]) + ": your gid " + gid +
           " belongs to the group " + std::string(words[3]) + " in the image.";
  }
  return {};
}

void say_what_stayed(const Core& core, const WantedIds& wanted, const std::string& answer) {
  if (core.mode() == Mode::drop_in) return;
  const auto line = clear_line(wanted, split(trim(answer), ' '));
  if (!line.empty()) core.log().text(LogLevel::warning, line);
}

}  // namespace

FirstMarks user_to_look_up(Mode mode, const MergedConfig& merged, const InstanceInfo& instance) {
  if (mode == Mode::fairlead) return {};
  return {.user = remote_account_of(merged, instance), .folder = "-"};
}

std::string etc_environment_text(const std::vector<std::string>& environment) {
  std::string text;
  for (const auto& entry : environment) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos) continue;
    text += '\n' + entry.substr(0, equals) + "=\"" + entry.substr(equals + 1) + '"';
  }
  return text + '\n';
}

void prepare_system(Core& core, Backend& backend, const InstanceInfo& instance,
                    const SystemSetup& setup, std::stop_token stop) {
  if (system_is_prepared(core, backend.name(), instance.id)) return;
  const auto& [folder, wanted, marks] = setup;
  const auto ids = wanted.value_or(WantedIds{});
  // A host's own files are not ours to change.
  const bool host = is_the_host(instance);
  const auto markers = folder.empty() ? "/var/devcontainer" : folder;
  std::vector<std::string> words{"/bin/sh",
                                 "-c",
                                 script,
                                 "sh",
                                 host ? std::string() : markers,
                                 etc_environment_text(instance.env),
                                 ids.user,
                                 std::to_string(ids.uid),
                                 std::to_string(ids.gid),
                                 marks.user,
                                 marks.folder};
  for (const auto& [file, text] : marks.files) words.insert(words.end(), {file, text});
  bool knows_user = true;
  try {
    const auto result = run_captured(backend,
                                     {.instance = instance.id,
                                      .argv = std::move(words),
                                      .user = host ? marks.user : "root",
                                      .working_directory = "/",
                                      .timeout = limit},
                                     std::move(stop));
    knows_user = !result.out.starts_with('?');
    if (wanted) say_what_stayed(core, *wanted, result.out);
    if (!result.timed_out && knows_user)
      remember_prepared_system(core, backend.name(), instance.id);
  } catch (const Error& error) {
    // A container without root, or one that ends at once: what matters is told by what needs it.
    if (error.status() == Status::cancelled || error.status() == Status::unavailable) throw;
    core.log().text(LogLevel::debug, "The container's /etc stays as it is: " + error.message());
  }
  if (!knows_user) {
    throw Error(Status::failed, "environment.enter",
                "unable to find user " + marks.user + ": no matching entries in passwd file",
                "Check remoteUser.");
  }
}

}  // namespace fairlead
