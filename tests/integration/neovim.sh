#!/bin/sh
# neovim.sh FAIRLEAD: the example plugin in a Neovim without a screen. 77 (skipped) without nvim or an engine.
set -eu
if [ -z "${DOCKER_HOST:-}" ] || ! command -v nvim >/dev/null; then
  echo "skipped: no engine, or no nvim"
  exit 77
fi
example=$(readlink -f "$(dirname "$0")/../../examples/neovim")
export FAIRLEAD="$1"
work=$(mktemp -d)
trap 'timeout 60 "$FAIRLEAD" down --workspace-folder "$work" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
mkdir "$work/.devcontainer"
printf '{"name": "edited", "image": "fairlead-test/busybox", "onCreateCommand": "echo made"}' \
  >"$work/.devcontainer/devcontainer.json"
cd "$work"
timeout 250 nvim --headless -u NONE --cmd "set rtp+=$example" -c "luafile $example/test/session.lua" </dev/null >"$work/out" 2>&1 ||
  { cat "$work/out"; exit 1; }
grep -q 'the session ended in order' "$work/out"
