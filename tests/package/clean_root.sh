#!/bin/bash
# clean_root.sh BUILD [ROOT.tar]: makes the Debian packages and the tarballs of a build, then installs, uses and removes
# them in a root filesystem that has never seen fairlead: Debian's minimal one, made by mmdebstrap or given as a tar.
# Needs root, mmdebstrap and Debian's packages; takes two to four minutes, so it is no part of the default run.
set -euo pipefail
build=$(readlink -f "$1")
source=$(readlink -f "$(dirname "$0")/../..")
work=$(mktemp -d /var/tmp/fairlead-packages.XXXXXX)
root=$work/root
finish() {
  umount -l "$root/proc" "$root/dev" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap finish EXIT
step() { printf '== %s\n' "$*"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
inside() { chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  DEBIAN_FRONTEND=noninteractive "$@"; }
# says TEXT COMMAND...: what the command prints inside contains TEXT
says() {
  local text=$1 out
  shift
  out=$(inside "$@" 2>&1) || fail "$* ended with status $?: $out"
  [[ $out == *"$text"* ]] || fail "$* does not say '$text' but: $out"
}

step "packages"
(cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work/made" >"$work/cpack.log" 2>&1) ||
  { tail -n 30 "$work/cpack.log"; fail cpack; }
mkdir "$work/debs"
cp "$work"/made/*.deb "$work/debs"
for package in fairlead fairlead-sdk libfairlead-dev fairlead-docker fairlead-compose fairlead-podman fairlead-ssh; do
  compgen -G "$work/debs/${package}_*.deb" >/dev/null || fail "there is no package $package"
done

step "a root filesystem without fairlead"
if [ -n "${2:-}" ]; then
  mkdir "$root"
  tar -xf "$2" -C "$root"
else
  mmdebstrap --quiet --variant=apt bookworm "$root"
fi
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp -r "$work/debs" "$root/debs"
inside apt-get -q update >"$work/apt.log" 2>&1 || { tail "$work/apt.log"; fail "apt-get update"; }
# install NAME...: our packages, or Debian's as they are
install() {
  local words=() name
  for name in "$@"; do
    if [[ $name == *fairlead* ]]; then name=/debs/$(basename "$(compgen -G "$work/debs/${name}_*.deb")"); fi
    words+=("$name")
  done
  inside apt-get -q install -y --no-install-recommends "${words[@]}" >"$work/apt.log" 2>&1 ||
    { tail -n 20 "$work/apt.log"; fail "installing $*"; }
}

step "fairlead and its plugins"
install fairlead
says "No plugins." fairlead plugin list
install fairlead-docker fairlead-podman fairlead-compose fairlead-ssh
for plugin in docker podman compose ssh ssh-remote; do
  says "ok" sh -c "fairlead plugin list | grep -E '$plugin .* ok'"
done
mkdir -p "$root/project/.devcontainer"
printf '{"name": "clean", "image": "debian:12", "features": {}}' >"$root/project/.devcontainer/devcontainer.json"
says '"name":"clean"' fairlead read-configuration --workspace-folder /project
says '"name":"clean"' devcontainer read-configuration --workspace-folder /project

step "a plugin by the book"
install fairlead-sdk make
says "has a plugin that builds" fairlead plugin new nspawn /nspawn
says "" sh -c "cmake -S /nspawn -B /nspawn/build && cmake --build /nspawn/build"
says "0 failed, 0 crashed" fairlead-conformance /nspawn/build/nspawn.so
says "was added" fairlead plugin add /nspawn/build --yes
says "nspawn" sh -c "fairlead plugin list | grep ' ok'"
says "is disabled" fairlead plugin disable nspawn --yes
says "refused: it is disabled" fairlead plugin list
says "is enabled" fairlead plugin enable nspawn --yes
says "was removed" fairlead plugin remove nspawn --yes

step "everything away again"
inside apt-get -q purge -y 'fairlead*' >"$work/apt.log" 2>&1 || { tail "$work/apt.log"; fail "removing"; }
left=$(cd "$root" && find usr etc -path '*fairlead*')
[ -z "$left" ] || fail "left behind: $left"
[ ! -e "$root/usr/bin/devcontainer" ] || fail "devcontainer is still there"

step "the tarball, somewhere else"
mkdir -p "$root/opt/elsewhere"
for component in core docker; do
  tar -xf "$(find "$work/made" -maxdepth 1 -name "*-$component.tar.gz")" -C "$root/opt/elsewhere" --strip-components=1
done
prefix=$(dirname "$(dirname "$(find "$root/opt/elsewhere" -name fairlead -path '*/bin/*' -type f | head -n 1)")")
inside apt-get -q install -y --no-install-recommends libcurl4 libarchive13 libssl3 libtomlplusplus3 >/dev/null 2>&1 || true
says "ok" sh -c "${prefix#"$root"}/bin/fairlead plugin list | grep -E 'docker .* ok'"
printf 'packages: all is well (%s)\n' "$(cd "$source" && git rev-parse --short HEAD 2>/dev/null || echo no git)"
