#include "ssh-remote/scripts.hpp"

#include <string>

namespace fairlead::ssh {
namespace {

// What runs that were killed on the way left behind: their process is in the name.
const std::string clear_leftovers = R"sh(for folder in .new.* .old.*; do
  [ ! -d "$folder" ] || kill -s 0 "${folder##*.}" 2>/dev/null || rm -rf "$folder"
done
)sh";

// $1 the environment's id, $2 seconds from TERM to KILL.
const std::string end_processes = R"sh(as=
[ "$(id -u)" -eq 0 ] || { sudo -n true 2>/dev/null && as='sudo -n'; }
processes() {
  for file in $($as grep -lzxF "FAIRLEAD_ENVIRONMENT=$1" /proc/[0-9]*/environ 2>/dev/null); do
    file=${file#/proc/}
    echo "${file%/environ}"
  done
}
end_processes() {
  left=$(processes "$1")
  [ -n "$left" ] || return 0
  $as kill -s TERM $left 2>/dev/null
  tenths=$(($2 * 10))
  while [ "$tenths" -gt 0 ]; do
    left=$(processes "$1")
    [ -n "$left" ] || return 0
    sleep 0.1
    tenths=$((tenths - 1))
  done
  $as kill -s KILL $(processes "$1") 2>/dev/null
}
)sh";

const std::string create_text =
    R"sh(
umask 077
mkdir -p "$HOME/.local/state/fairlead/environments" && cd "$HOME/.local/state/fairlead/environments" || exit 1
[ ! -f "$1/record" ] || exit 3
)sh" +
    clear_leftovers + R"sh(mkdir ".new.$$" && cat >".new.$$/record" || { rm -rf ".new.$$"; exit 1; }
mv -T ".new.$$" "$1" 2>/dev/null && exit 0
rm -rf ".new.$$"
[ ! -f "$1/record" ] || exit 3
echo "cannot make $PWD/$1" >&2
exit 1)sh";

const std::string stop_text = R"sh(
cd "$HOME/.local/state/fairlead/environments/$1" 2>/dev/null || exit 0
grep -qsF -- "${2##*.}" record || exit 0
rm -f running
)sh" + end_processes + R"sh(end_processes "$2" "$3"
exit 0)sh";

const std::string remove_text = R"sh(
cd "$HOME/.local/state/fairlead/environments" 2>/dev/null || exit 0
)sh" + clear_leftovers + end_processes +
                                R"sh(grep -qsF -- "${2##*.}" "$1/record" || exit 0
read -r boot </proc/sys/kernel/random/boot_id || boot=unknown
was=
[ ! -f "$1/running" ] || read -r was since <"$1/running"
[ "$was" != "$boot" ] || [ "$3" = force ] || exit 5
rm -f "$1/running"
end_processes "$2" 0
mv -T "$1" ".old.$$" 2>/dev/null || exit 0
rm -rf ".old.$$")sh";

}  // namespace

const std::string_view list_script = R"sh(
cd "$HOME/.local/state/fairlead/environments" 2>/dev/null || exit 0
read -r boot </proc/sys/kernel/random/boot_id || boot=unknown
for folder in */; do
  folder=${folder%/}
  [ -f "$folder/record" ] || continue
  was= since=
  [ ! -f "$folder/running" ] || read -r was since <"$folder/running"
  if [ "$was" = "$boot" ]; then echo "running $since"; else echo stopped; fi
  cat "$folder/record"
done 2>/dev/null
exit 0)sh";

const std::string_view start_script = R"sh(
umask 077
cd "$HOME/.local/state/fairlead/environments/$1" 2>/dev/null && [ -f record ] || exit 4
read -r boot </proc/sys/kernel/random/boot_id || boot=unknown
was=
[ ! -f running ] || read -r was rest <running
[ "$was" != "$boot" ] || exit 0
echo "$boot $(date -u +%Y-%m-%dT%H:%M:%SZ)" >".running.$$" && mv ".running.$$" running)sh";

const std::string_view create_script = create_text;
const std::string_view stop_script = stop_text;
const std::string_view remove_script = remove_text;

const std::string_view exec_script = R"sh(
[ -f "$HOME/.local/state/fairlead/environments/$1/running" ] || exit 250
shift
exec "$@")sh";

const std::string_view exec_as_script = R"sh(
[ -f "$HOME/.local/state/fairlead/environments/$1/running" ] || exit 250
entry=$(getent passwd "$2") || exit 251
user=${entry%%:*} names=$3
entry=${entry%:*}
shift 3
if [ "$(id -u)" -ne 0 ]; then
  sudo -n -u "$user" true 2>/dev/null || exit 251
  exec sudo -n -H -u "$user" --preserve-env="$names" -- "$@"
fi
HOME=${entry##*:}
export HOME
exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@")sh";

const std::string_view root_script = R"sh([ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null)sh";

}  // namespace fairlead::ssh
