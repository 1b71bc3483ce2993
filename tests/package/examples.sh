#!/bin/bash
# examples.sh BUILD: builds the example plugins against an installed tree and nothing else, runs the conformance kit on
# them, and brings up workspaces on the backend among them. Needs root, bwrap and busybox; about a minute on an idle
# machine, so it is no part of the default run.
set -euo pipefail
build=$(readlink -f "$1")
source=$(readlink -f "$(dirname "$0")/../..")
busybox=$(type -P busybox) || true
if ! command -v bwrap >/dev/null || [ "$(id -u)" != 0 ] || [ -z "$busybox" ]; then
  echo "skipped: needs root, bwrap and busybox"
  exit 77
fi
work=$(mktemp -d /var/tmp/fairlead-examples.XXXXXX)
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_RUNTIME_DIR=$work/run XDG_CACHE_HOME=$work/cache
prefix=$work/prefix
here=(--workspace-folder "$work/project" --backend bubblewrap)
finish() {
  timeout 60 "$prefix/bin/fairlead" down "${here[@]}" >/dev/null 2>&1 || true
  timeout 60 "$prefix/bin/fairlead" background --stop >/dev/null 2>&1 || true
  rm -rf --one-file-system "$work"
}
trap finish EXIT
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
# expect TEXT COMMAND...: it succeeds and its output contains TEXT
expect() {
  local text=$1 out
  shift
  out=$(timeout 180 "$@" 2>&1 </dev/null) || fail "$* ended with status $?: $out"
  [[ $out == *"$text"* ]] || fail "$* does not say '$text' but: $out"
}

# blob FILE: stores it in the layout and prints its digest
layout=$work/layout
blob() {
  local sum
  sum=$(sha256sum "$1" | cut -d' ' -f1)
  cp "$1" "$layout/blobs/sha256/$sum"
  printf 'sha256:%s' "$sum"
}
make_image() {
  local tree=$work/tree applet layer config manifest
  mkdir -p "$layout/blobs/sha256" "$tree"/{bin,etc,tmp,root,run,var,usr/local/bin}
  cp -L "$busybox" "$tree/bin/busybox"
  for applet in $("$busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"; done
  printf 'root:x:0:0:root:/root:/bin/sh\ndev:x:1000:1000::/home/dev:/bin/sh\n' >"$tree/etc/passwd"
  printf 'root:x:0:\ndev:x:1000:\n' >"$tree/etc/group"
  mkdir -p "$tree/home/dev"
  chown 1000:1000 "$tree/home/dev"
  tar -C "$tree" -czf "$work/layer" .
  layer=$(blob "$work/layer")
  printf '{"os":"linux","config":{"Cmd":["/bin/sh"],"Env":["PATH=/usr/local/bin:/bin"]}}' >"$work/config"
  config=$(blob "$work/config")
  printf '{"schemaVersion":2,"config":{"digest":"%s"},"layers":[{"digest":"%s"}]}' "$config" "$layer" >"$work/manifest"
  manifest=$(blob "$work/manifest")
  printf '{"schemaVersion":2,"manifests":[{"digest":"%s","annotations":{"org.opencontainers.image.ref.name":"1"}}]}' \
    "$manifest" >"$layout/index.json"
}

cmake --install "$build" --prefix "$prefix" >/dev/null
for plugin in bubblewrap plain-features plain-ports; do
  cmake -S "$source/examples/plugins/$plugin" -B "$work/$plugin" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" >/dev/null
  cmake --build "$work/$plugin" >"$work/log" 2>&1 || { tail "$work/log"; fail "building $plugin"; }
  (cd "$work/$plugin" && ctest --output-on-failure >"$work/log" 2>&1) || { grep -A1 -E '^(failed|crashed)' "$work/log"; fail "the kit on $plugin"; }
  expect "was added" "$prefix/bin/fairlead" plugin add "$work/$plugin" --yes
done
make_image
image=oci:$layout:1
for network in host private; do
  expect " 0 failed, 0 crashed" "$prefix/bin/fairlead-conformance" "$work/bubblewrap/bubblewrap.so" --image "$image" \
    --filter 'backend.*' --settings "{\"network\":\"$network\"}"
  passed=$("$prefix/bin/fairlead-conformance" "$work/bubblewrap/bubblewrap.so" --image "$image" --filter 'backend.*' --json \
    --settings "{\"network\":\"$network\"}" | grep -c '"passed"') || true
  printf 'bubblewrap (%s): backend checks passed: %s\n' "$network" "$passed"
  # Checks that are skipped prove nothing.
  [ "$passed" -ge 18 ] || fail "only $passed of the backend's checks passed"
done

# A workspace with a feature, hooks, a user, a volume and a port.
mkdir -p "$work/project/.devcontainer/greet" "$HOME/.config/fairlead"
printf '[plugins.bubblewrap]\nnetwork = "private"\nisolation = "process"\n' >"$HOME/.config/fairlead/config.toml"
export XDG_CONFIG_HOME=$HOME/.config
printf '{"id":"greet","version":"1.0.0","name":"Greet","options":{"word":{"type":"string","default":"no"}}}' \
  >"$work/project/.devcontainer/greet/devcontainer-feature.json"
# shellcheck disable=SC2016  # for the shell inside
printf '#!/bin/sh\necho "$WORD" >/usr/local/greeting\n' >"$work/project/.devcontainer/greet/install.sh"
cat >"$work/project/.devcontainer/devcontainer.json" <<END
{"name": "fifth", "image": "$image", "remoteUser": "dev", "updateRemoteUserUID": false,
 "features": {"./greet": {"word": "hello"}}, "mounts": ["type=volume,source=kept,target=/kept"],
 "forwardPorts": [7654], "containerEnv": {"FROM_CONFIG": "yes"},
 "onCreateCommand": "touch ~/made", "postStartCommand": "nc -ll -p 7654 -e echo inside </dev/null >/dev/null 2>&1 &"}
END
expect '"outcome":"success"' "$prefix/bin/fairlead" up "${here[@]}"
# shellcheck disable=SC2016  # for the shell inside
expect "hello yes 1000" "$prefix/bin/fairlead" exec "${here[@]}" -- \
  sh -c 'echo $(cat /usr/local/greeting) $FROM_CONFIG $(id -u); test -f ~/made'
expect "7654" "$prefix/bin/fairlead" ports "${here[@]}"
port=$("$prefix/bin/fairlead" ports "${here[@]}" --json 2>/dev/null | grep -o '"localPort":[0-9]*' | head -n 1 | cut -d: -f2)
[ "$(timeout 20 "$busybox" nc 127.0.0.1 "$port" </dev/null)" = inside ] ||
  fail "nothing comes over the forwarded port $port: $("$prefix/bin/fairlead" ports "${here[@]}" --json 2>&1)" \
    "$("$prefix/bin/fairlead" exec "${here[@]}" -- sh -c 'ps; netstat -ltn' 2>&1)"
expect "" "$prefix/bin/fairlead" stop "${here[@]}"
expect '"created":false' "$prefix/bin/fairlead" up "${here[@]}"
expect "hello" "$prefix/bin/fairlead" exec "${here[@]}" -- cat /usr/local/greeting
expect "" "$prefix/bin/fairlead" down "${here[@]}"
printf 'examples: all is well\n'
