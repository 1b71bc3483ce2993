#!/bin/bash
# tests/support/engines/images.sh - base images for tests, without a registry. Uses DOCKER_HOST, or with
# FAIRLEAD_TEST_IMAGE_TOOL=podman what podman uses.
#
#   images.sh [busybox] [host] [user]      default: all; those that exist stay
#
# fairlead-test/busybox   static busybox: sh, no bash, no C library                       0.3 s    2 MB
# fairlead-test/host      this machine's bash, coreutils and friends with their libraries  2 s    40 MB
# fairlead-test/user      host with a user `dev` of uid 1000, who is the image's user      2 s    40 MB
set -euo pipefail

work=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-images.XXXXXX")
trap 'rm -rf "$work"' EXIT

tool=${FAIRLEAD_TEST_IMAGE_TOOL:-docker}
# Podman keeps whole names; Docker's are those of its own registry.
prefix=fairlead-test
[ "$tool" = docker ] || prefix=docker.io/fairlead-test
have() { "$tool" image inspect "$prefix/$1" >/dev/null 2>&1; }
# import_tree DIR NAME CHANGE...: DIR as image fairlead-test/NAME, everything owned by root but /home/dev
import_tree() {
  local tree=$1 name=$2 changes=() change
  shift 2
  for change; do changes+=(-c "$change"); done
  tar -C "$tree" --numeric-owner --owner=0 --group=0 -c . |
    timeout 120 "$tool" import "${changes[@]}" - "$prefix/$name" >/dev/null
}

make_skeleton() {
  mkdir -p "$1"/{etc,tmp,root,proc,sys,dev,run,home,workspaces,var/tmp,usr/local/bin}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  printf 'root:x:0:0:root:/root:%s\nnobody:x:65534:65534:nobody:/:/bin/false\n' "$2" >"$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
}

make_busybox() {
  local program applet
  program=$(type -P busybox)
  make_skeleton "$work/busybox" /bin/sh
  mkdir -p "$work/busybox/bin"
  cp -L "$program" "$work/busybox/bin/busybox"
  for applet in $("$program" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$work/busybox/bin/$applet"
  done
  import_tree "$work/busybox" busybox 'CMD ["/bin/sh"]' 'ENV PATH=/usr/local/bin:/bin:/usr/bin'
}

# The programs that hooks, probes and features of real projects call, and what those programs link.
host_programs='bash sh cat ls cp mv rm mkdir rmdir ln chmod chown touch stat readlink realpath dirname basename head
  tail cut sort uniq wc tr tee env printenv id whoami groups uname date sleep true false test expr seq mktemp sed grep awk
  find xargs tar gzip ps kill getent useradd userdel usermod groupadd groupmod df du base64 sha256sum cmp which timeout
  nohup setsid hostname tty stty od dd printf echo'
libraries_of() { ldd "$@" 2>/dev/null | grep -oE '/[^ ]+\.so[^ ]*' | sort -u || true; }
host_tree() {
  local tree=$work/host name file programs=()
  [ ! -d "$tree" ] || return 0
  make_skeleton "$tree" /bin/bash
  mkdir -p "$tree"/usr/{bin,sbin,lib,lib64}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
  for name in $host_programs; do
    file=$(PATH=/usr/bin:/bin:/usr/sbin:/sbin type -P "$name") || continue
    cp -L "$file" "$tree/usr/bin/$name"
    programs+=("$file")
  done
  libraries_of "${programs[@]}" | while read -r file; do
    mkdir -p "$tree/usr$(dirname "${file#/usr}")"
    cp -L "$file" "$tree/usr${file#/usr}"
  done
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n' >"$tree/etc/nsswitch.conf"
  printf 'root:*:19000:0:99999:7:::\n' >"$tree/etc/shadow"
  : >"$tree/etc/gshadow"
  cp /etc/os-release "$tree/etc/"
  cp /etc/login.defs "$tree/etc/" 2>/dev/null || true
}
host_path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
make_host() {
  host_tree
  import_tree "$work/host" host 'CMD ["bash"]' "$host_path"
}

# A build would need a step that runs; the same tree with two more lines is quicker.
make_user() {
  local tree=$work/host
  host_tree
  printf 'dev:x:1000:1000::/home/dev:/bin/bash\n' >>"$tree/etc/passwd"
  printf 'dev:x:1000:\n' >>"$tree/etc/group"
  printf 'dev:*:19000:0:99999:7:::\n' >>"$tree/etc/shadow"
  mkdir -p "$tree/home/dev"
  printf 'export FAIRLEAD_TEST_PROFILE=yes\n' >"$tree/home/dev/.profile"
  # Owners in the archive cannot be mixed by --owner, so the home goes in as a second part.
  tar -C "$tree" --numeric-owner --owner=0 --group=0 --exclude=./home/dev -cf "$work/user.tar" .
  tar -C "$tree" --numeric-owner --owner=1000 --group=1000 -rf "$work/user.tar" ./home/dev
  timeout 120 "$tool" import -c 'CMD ["bash"]' -c "$host_path" -c 'USER dev' - "$prefix/user" <"$work/user.tar" >/dev/null
  rm -rf "$tree" "$work/user.tar"
}

[ $# -gt 0 ] || set -- busybox host user
for image; do
  case $image in
    busybox | host | user) have "$image" || "make_$image" ;;
    *) printf 'images.sh: unknown image %s\n' "$image" >&2; exit 2 ;;
  esac
done
