#!/bin/bash
# tests/support/engines/fetch.sh - newer engines and the reference CLI, into a cache; nothing is installed.
#
#   fetch.sh engine SUITE DIR       Docker of another Debian suite (trixie: 26, sid: 28), unpacked:
#                                   DIR/bin/{dockerd,containerd,docker,...}; Debian 12's runc serves them
#   fetch.sh compose SUITE DIR      Compose v2 of another Debian suite (trixie: 2.26, sid: 2.40), unpacked:
#                                   DIR/cli-plugins/docker-compose
#   fetch.sh podman SUITE DIR       Podman of another Debian suite (trixie: 5.4) with all that it needs, its libc too, to be
#                                   laid over a machine's /usr: DIR/usr
#   fetch.sh podman-compose SUITE DIR   podman-compose of a Debian suite (bookworm: 1.0, trixie: 1.3), unpacked:
#                                   DIR/podman-compose
#   fetch.sh reference-cli DIR      the reference Dev Container CLI from npm: DIR/node_modules/.bin/devcontainer
#   fetch.sh schema-validator DIR   the JSON schema validator ajv from npm: DIR/node_modules/ajv
#   fetch.sh json-rpc-client DIR    the client that editors use, vscode-jsonrpc from npm: DIR/node_modules/vscode-jsonrpc
#
# What is already there stays. Fails, with the reason, when it cannot be had within its time.
set -euo pipefail
root=$(readlink -f "$(dirname "$0")/../../..")
# shellcheck source=tools/lib/common.sh
. "$root/tools/lib/common.sh"
# shellcheck source=tools/lib/packages.sh
. "$root/tools/lib/packages.sh"

reference_version=0.89.0
ajv_version=8.17.1
json_rpc_client_version=8.2.1

# apt with lists and a cache of its own, so that the machine's are not touched
apt_of_suite() {
  local apt=$1 suite=$2
  mkdir -p "$apt"/{lists/partial,cache/archives/partial,debs,tree}
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(debian_mirror)" "$suite" \
    >"$apt/sources.list"
  apt_options=(-q -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
    -o "Dir::Cache=$apt/cache" -o APT::Update::Post-Invoke-Success= -o APT::Sandbox::User=root)
}

engine() {
  local suite=$1 target=$2 apt=$2.part archive apt_options
  [ ! -x "$target/bin/dockerd" ] || return 0
  rm -rf "$apt"
  apt_of_suite "$apt" "$suite"
  timeout 120 apt-get "${apt_options[@]}" update
  (cd "$apt/debs" && timeout 300 apt-get "${apt_options[@]}" download \
    "docker.io/$suite" "docker-cli/$suite" "docker-buildx/$suite" "containerd/$suite")
  for archive in "$apt"/debs/*.deb; do dpkg-deb -x "$archive" "$apt/tree"; done
  rm -rf "$target"
  mkdir -p "$target/bin" "$target/cli-plugins"
  cp "$apt"/tree/usr/sbin/docker* "$apt"/tree/usr/bin/{docker,containerd,containerd-shim-runc-v2} "$target/bin/"
  cp "$apt"/tree/usr/libexec/docker/cli-plugins/docker-buildx "$target/cli-plugins/"
  ln -sf "$(type -P docker-init || type -P tini-static)" "$target/bin/docker-init"
  rm -rf "$apt"
}

compose() {
  local suite=$1 target=$2 apt=$2.part apt_options
  [ ! -x "$target/cli-plugins/docker-compose" ] || return 0
  rm -rf "$apt"
  apt_of_suite "$apt" "$suite"
  timeout 120 apt-get "${apt_options[@]}" update
  (cd "$apt/debs" && timeout 300 apt-get "${apt_options[@]}" download "docker-compose/$suite")
  dpkg-deb -x "$apt"/debs/docker-compose_*.deb "$apt/tree"
  mkdir -p "$target/cli-plugins"
  cp "$apt"/tree/usr/libexec/docker/cli-plugins/docker-compose "$target/cli-plugins/"
  rm -rf "$apt"
}

podman() {
  local suite=$1 target=$2 apt=$2.part archive apt_options
  [ ! -x "$target/usr/bin/podman" ] || return 0
  rm -rf "$apt"
  apt_of_suite "$apt" "$suite"
  timeout 120 apt-get "${apt_options[@]}" update
  (cd "$apt/debs" && timeout 300 apt-get "${apt_options[@]}" download "podman/$suite" "conmon/$suite" "runc/$suite" \
    "netavark/$suite" "aardvark-dns/$suite" "passt/$suite" "golang-github-containers-common/$suite" \
    "golang-github-containers-image/$suite" "libc6/$suite" "libglib2.0-0t64/$suite" "libgpgme11t64/$suite" \
    "libassuan9/$suite" "libgpg-error0/$suite" "libseccomp2/$suite" "libsqlite3-0/$suite" "libsubid5/$suite")
  for archive in "$apt"/debs/*.deb; do dpkg-deb -x "$archive" "$apt/tree"; done
  rm -rf "$target"
  mkdir -p "$target"
  mv "$apt/tree/usr" "$target/usr"
  rm -rf "$apt" "$target"/usr/share/{doc,man}
}

# Python, in one file; the packages that it needs are docker-compose's, too.
podman_compose() {
  local suite=$1 target=$2 apt=$2.part apt_options
  [ ! -x "$target/podman-compose" ] || return 0
  rm -rf "$apt"
  apt_of_suite "$apt" "$suite"
  timeout 120 apt-get "${apt_options[@]}" update
  (cd "$apt/debs" && timeout 300 apt-get "${apt_options[@]}" download "podman-compose/$suite")
  dpkg-deb -x "$apt"/debs/podman-compose_*.deb "$apt/tree"
  mkdir -p "$target"
  { printf '#!/usr/bin/python3\n'; cat "$apt/tree/usr/lib/python3/dist-packages/podman_compose.py"; } >"$target/podman-compose"
  chmod 755 "$target/podman-compose"
  rm -rf "$apt"
}

# from_npm DIR PACKAGE
from_npm() {
  mkdir -p "$1"
  timeout 180 npm install --silent --no-audit --no-fund --fetch-retries 1 --fetch-timeout 30000 --prefix "$1" "$2"
}
reference_cli() {
  [ -x "$1/node_modules/.bin/devcontainer" ] || from_npm "$1" "@devcontainers/cli@$reference_version"
}
schema_validator() {
  [ -e "$1/node_modules/ajv/package.json" ] || from_npm "$1" "ajv@$ajv_version"
}
json_rpc_client() {
  [ -e "$1/node_modules/vscode-jsonrpc/package.json" ] || from_npm "$1" "vscode-jsonrpc@$json_rpc_client_version"
}

case ${1:-}:$# in
  engine:3) engine "$2" "$3" ;;
  compose:3) compose "$2" "$3" ;;
  podman:3) podman "$2" "$3" ;;
  podman-compose:3) podman_compose "$2" "$3" ;;
  reference-cli:2) reference_cli "$2" ;;
  schema-validator:2) schema_validator "$2" ;;
  json-rpc-client:2) json_rpc_client "$2" ;;
  *) sed -n '2,18s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
