#!/bin/bash
# embedding.sh BUILD: installs fairlead and libfairlead, builds the examples against them as a stranger would, and lets
# each bring a dev container up and run a command in it. 77 (skipped) without an engine.
set -euo pipefail
build=$1
source=$(readlink -f "$(dirname "$0")/../..")
if [ -z "${DOCKER_HOST:-}" ]; then
  echo "skipped: no engine"
  exit 77
fi
work=$(mktemp -d)
finish() {
  timeout 60 "$work/prefix/bin/fairlead" down --workspace-folder "$work/project" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

for component in core docker compose embed; do
  cmake --install "$build" --prefix "$work/prefix" --component $component >/dev/null
done
mkdir -p "$work/project/.devcontainer"
printf '{"name": "embedded", "image": "fairlead-test/busybox", "onCreateCommand": "echo made"}' \
  >"$work/project/.devcontainer/devcontainer.json"

cmake -S "$source/examples/embedding" -B "$work/build" -G Ninja "-DCMAKE_PREFIX_PATH=$work/prefix" >/dev/null
cmake --build "$work/build" >/dev/null
flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name fairlead.pc)") pkg-config --cflags --libs fairlead)
# shellcheck disable=SC2086  # words
cc -std=c99 -Wall -Wextra -Wpedantic -Werror "$source/examples/embedding/embedding.c" $flags -D_XOPEN_SOURCE=700 \
  -o "$work/by_pkg_config"

# runs PROGRAM...: succeeds, and shows what the command inside said
runs() {
  timeout 100 "$@" "$work/project" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; return 1; }
  grep -q -e 'hello from root' -e '"exitCode":0' "$work/out" || { cat "$work/out"; return 1; }
}
library=$(find "$work/prefix" -name 'libfairlead.so.0')
runs "$work/build/embedding_c"
runs "$work/build/embedding_cpp"
LD_LIBRARY_PATH=$(dirname "$library") runs "$work/by_pkg_config"
LIBFAIRLEAD=$library runs python3 "$source/examples/embedding/embedding.py"
grep -q 'hello from root' "$work/out"

# Bad input: a message, no crash.
if LIBFAIRLEAD=$library python3 "$source/examples/embedding/embedding.py" "$work/nowhere" >"$work/out" 2>"$work/err"; then
  echo "a folder that is not there was brought up"
  exit 1
fi
grep -q 'config' "$work/err"

# Nothing but the documented functions is offered to the program's own symbols.
exported=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sed 's/@.*//' | sort | tr '\n' ' ')
[ "$exported" = "fairlead_call fairlead_close fairlead_free fairlead_open fairlead_send fairlead_version " ] ||
  { echo "exported: $exported"; exit 1; }
