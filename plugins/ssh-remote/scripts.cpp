#include "ssh-remote/scripts.hpp"

namespace fairlead::ssh {

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

const std::string_view create_script = R"sh(
umask 077
mkdir -p "$HOME/.local/state/fairlead/environments" && cd "$HOME/.local/state/fairlead/environments" || exit 1
[ ! -f "$1/record" ] || exit 3
mkdir ".new.$$" && cat >".new.$$/record" || { rm -rf ".new.$$"; exit 1; }
mv -T ".new.$$" "$1" 2>/dev/null && exit 0
rm -rf ".new.$$"
[ ! -f "$1/record" ] || exit 3
echo "cannot make $PWD/$1" >&2
exit 1)sh";

const std::string_view start_script = R"sh(
umask 077
cd "$HOME/.local/state/fairlead/environments/$1" 2>/dev/null && [ -f record ] || exit 4
read -r boot </proc/sys/kernel/random/boot_id || boot=unknown
was=
[ ! -f running ] || read -r was rest <running
[ "$was" != "$boot" ] || exit 0
echo "$boot $(date -u +%Y-%m-%dT%H:%M:%SZ)" >".running.$$" && mv ".running.$$" running)sh";

const std::string_view stop_script = R"sh(
rm -f "$HOME/.local/state/fairlead/environments/$1/running"
as=
[ "$(id -u)" -eq 0 ] || { sudo -n true 2>/dev/null && as='sudo -n'; }
processes() {
  for file in $($as grep -lzxF "FAIRLEAD_ENVIRONMENT=$1" /proc/[0-9]*/environ 2>/dev/null); do
    file=${file#/proc/}
    echo "${file%/environ}"
  done
}
left=$(processes "$2")
[ -n "$left" ] || exit 0
$as kill -s TERM $left 2>/dev/null
tenths=$(($3 * 10))
while [ "$tenths" -gt 0 ]; do
  left=$(processes "$2")
  [ -n "$left" ] || exit 0
  sleep 0.1
  tenths=$((tenths - 1))
done
$as kill -s KILL $(processes "$2") 2>/dev/null
exit 0)sh";

const std::string_view remove_script = R"sh(
cd "$HOME/.local/state/fairlead/environments" 2>/dev/null || exit 0
[ -d "$1" ] || exit 0
mv -T "$1" ".old.$$" 2>/dev/null || exit 0
rm -rf ".old.$$")sh";

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
