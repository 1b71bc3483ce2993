# Sourced after common.sh: Debian packages, only those that are missing.
# shellcheck shell=bash

dependency_lists=$(dirname "${BASH_SOURCE[0]}")/../dependencies

# packages_of LIST...: the lines of tools/dependencies/LIST.txt, a package and perhaps the command it is wanted for
packages_of() {
  local list
  for list; do sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$dependency_lists/$list.txt"; done | sort -u
}

# missing_packages LIST...: those of them that are not installed
missing_packages() {
  local name wanted
  packages_of "$@" | while read -r name wanted; do
    [ -z "$wanted" ] || ! command -v "$wanted" >/dev/null || continue
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
  done
}

# install_packages LOG LIST...: installs what is missing; says so
install_packages() {
  local log=$1 missing
  shift
  command -v apt-get >/dev/null || fail "this is not a Debian system: there is no apt-get" \
    "install what tools/dependencies/*.txt name in your system's own way, then run this again"
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  note "installing ${missing[*]}"
  need_root_rights
  apt_install "$log" "${missing[@]}" && return 0
  # The package lists may be missing or old.
  quietly "$log" as_root timeout 300 apt-get -q -o DPkg::Lock::Timeout=120 update &&
    apt_install "$log" "${missing[@]}" && return 0
  tail -n 20 "$log" >&2
  fail "the packages could not be installed: ${missing[*]}" \
    "look at $log" "check the network, and /etc/apt/sources.list for a Debian 12 mirror"
}
apt_install() {
  local log=$1
  shift
  as_root env DEBIAN_FRONTEND=noninteractive timeout 1200 apt-get -q -y -o DPkg::Lock::Timeout=120 \
    install --no-install-recommends "$@" >"$log" 2>&1 </dev/null
}

# debian_mirror: the address of the Debian mirror that this machine uses
debian_mirror() {
  local uri
  # shellcheck disable=SC2016  # apt's own placeholders
  uri=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 'Component: main' |
    awk '$1 !~ /security/ {print $1; exit}')
  [ -n "$uri" ] && printf '%s' "$uri"
}
