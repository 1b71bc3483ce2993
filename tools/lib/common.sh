# Sourced by the project's scripts: steps with their time, failures with advice, root rights, bounded waits.
# shellcheck shell=bash

export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin   # sbin is not on every user's PATH
# What one clone compiled serves another: paths below the tree are not part of the cache's key.
CCACHE_BASEDIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export CCACHE_BASEDIR CCACHE_NOHASHDIR=1

now_ms() { date +%s%3N; }
started_ms=$(now_ms)

# seconds_since MS: "3.4"
seconds_since() { local ms=$(($(now_ms) - $1)); printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100)); }

say() { printf '%s\n' "$*"; }
# note TEXT...: an indented line below the current step
note() { printf '         %s\n' "$*"; }
# fail WHAT [ADVICE...]: says what happened and what to do, then ends the script
fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  try: %s\n' "$@" >&2
  exit 1
}

# step TEXT: announces what happens next, with the time since the script began
step() { printf '[%5s s] %s\n' "$(seconds_since "$started_ms")" "$*"; }

# quietly LOG COMMAND...: runs it with its output in LOG; shows the end of LOG when it fails
quietly() {
  local log=$1 status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ $status -eq 0 ] && return 0
  printf '\n--- the last lines of %s\n' "$log" >&2
  tail -n 40 "$log" >&2
  [ $status -ne 124 ] || printf -- '--- (stopped: it took too long)\n' >&2
  return $status
}

# as_root COMMAND...: runs it with root rights, by sudo where needed
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}
need_root_rights() {
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    fail "this needs root rights, and there is no sudo" "run it as root: su -c '$0'"
}

# wait_until SECONDS COMMAND...: polls until COMMAND succeeds; fails after SECONDS
wait_until() {
  local end=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    [ "$(now_ms)" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# start_time PID: field 22 of its stat file; with the pid it identifies a process
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
# is_running PID: alive and not a zombie (pid 1 may be slow to reap, and `kill -0` says yes to zombies)
is_running() {
  local state
  state=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -c1) && [ -n "$state" ] && [ "$state" != Z ] && [ "$state" != X ]
}
# is_gone PID
is_gone() { ! is_running "$1"; }
# end_process PID SECONDS: TERM, then KILL when it is still there
end_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  wait_until "$2" is_gone "$1" && return 0
  kill -KILL "$1" 2>/dev/null
  wait_until 3 is_gone "$1"
}
