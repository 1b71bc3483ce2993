# Sourced after common.sh and packages.sh: an engine that answers, and a base image in it. Uses $state.
# shellcheck shell=bash disable=SC2154  # state is quickstart's

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# engine: the command of the engine that is used, and the name of fairlead's backend
engine=docker
# podman_is_alone: no Docker here, neither its client nor its engine, but a Podman that works
podman_is_alone() {
  ! command -v docker >/dev/null && ! command -v dockerd >/dev/null && ! engine_was_chosen &&
    [ ! -S /var/run/docker.sock ] && command -v podman >/dev/null && timeout 30 podman info >/dev/null 2>&1
}

describe_engine() {
  if [ "$engine" = podman ]; then
    podman version --format 'Podman {{.Client.Version}}'
    return
  fi
  timeout 10 docker version --format 'Docker {{.Server.Version}}'
  docker context inspect --format 'at {{.Endpoints.docker.Host}}' 2>/dev/null || printf 'at %s' "${DOCKER_HOST:-}"
}

# find_engine: 0 when the docker client here reaches an engine (by DOCKER_HOST, context or socket)
find_engine() {
  [ -d "$state/bin" ] && PATH=$state/bin:$PATH
  command -v docker >/dev/null && engine_answers
}

# An engine may run here without its client: then the client is taken out of its package.
unpack_client() {
  note "unpacking the docker client"
  mkdir -p "$state/bin" "$state/package"
  (cd "$state/package" && timeout 300 apt-get -q download docker.io) >"$state/packages.log" 2>&1 ||
    fail "the docker client could not be had" "install a docker command line, then run this again"
  dpkg-deb --fsys-tarfile "$state"/package/docker.io_*.deb | tar -x -O ./usr/bin/docker >"$state/bin/docker"
  chmod +x "$state/bin/docker"
  rm -rf "$state/package"
}

engine_was_chosen() {
  [ -n "${DOCKER_HOST:-}" ] || [ -n "${DOCKER_CONTEXT:-}" ] || grep -qs '"currentContext"' "${DOCKER_CONFIG:-$HOME/.docker}/config.json"
}

# ensure_engine: uses the engine that answers; else installs Debian's and starts it
ensure_engine() {
  if podman_is_alone; then
    engine=podman
    note "$(describe_engine)"
    return
  fi
  if ! command -v docker >/dev/null && { engine_was_chosen || [ -S /var/run/docker.sock ]; }; then unpack_client; fi
  if ! find_engine; then
    ! engine_was_chosen || fail "the engine you chose does not answer (DOCKER_HOST, DOCKER_CONTEXT or docker's context)" \
      "start it" "or unset it, and quickstart starts an engine of its own"
    install_packages "$state/packages.log" engine
    start_engine
  fi
  note "$(describe_engine | tr '\n' ' ')"
}

start_engine() {
  need_root_rights
  if [ -d /run/systemd/system ]; then
    as_root timeout 60 systemctl start docker || fail "systemd could not start docker" "journalctl -u docker"
    wait_until 30 as_root docker version >/dev/null 2>&1 || fail "docker does not answer" "journalctl -u docker"
    engine_answers || join_docker_group
  else
    # The package's own script may have started it a moment ago.
    wait_until 2 engine_answers && return 0
    as_root tools/engine start "$state/engine" --socket /var/run/docker.sock --group "$(id -g)"
    note "started it here, there is no init system; stop it with ./quickstart --down"
  fi
  wait_until 10 engine_answers || fail "the engine does not answer" "docker version"
}

# systemd's engine admits the group docker only.
join_docker_group() {
  [ -z "${FAIRLEAD_QUICKSTART_REGROUPED:-}" ] || fail "the engine's socket is not yours to use" "log out and in again"
  note "adding $(id -un) to the group docker (log in again to have it everywhere)"
  as_root usermod -aG docker "$(id -un)"
  exec 9>&-
  exec sg docker -c "FAIRLEAD_QUICKSTART_REGROUPED=1 $(printf '%q' "$PWD/quickstart")"
}

have_image() { timeout 20 "$engine" image inspect "$1" >/dev/null 2>&1; }
# whole_name NAME: as Podman keeps it
whole_name() {
  case $engine,$1 in
    docker,* | *.*/*) printf '%s' "$1" ;;
    *,*/*) printf 'docker.io/%s' "$1" ;;
    *) printf 'docker.io/library/%s' "$1" ;;
  esac
}

# ensure_base_image NAME: as it is, from the registry, or made from Debian packages under that name
ensure_base_image() {
  have_image "$1" && return 0
  note "asking the registry"
  pull_image "$1" && note "pulled" && return 0
  note "no registry answers: making one from Debian packages (one to two minutes)"
  make_base_image "$1"
}

# pull_image NAME: gives up when no registry has answered after 15 s
pull_image() {
  local log=$state/pull.log pid
  timeout 900 "$engine" pull "$(whole_name "$1")" >"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  wait_until 15 pull_decided "$log" "$pid" || kill "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
}
pull_decided() { grep -qE 'Pulling from|Copying' "$1" || is_gone "$2"; }

# make_base_image NAME: Debian 12 with a compiler; the label says that it is not the registry's
make_base_image() {
  local mirror scratch=${TMPDIR:-/tmp}
  install_packages "$state/packages.log" base-image
  mirror=$(debian_mirror) || fail "apt knows no Debian mirror" "look at /etc/apt/sources.list"
  # Twice as quick in memory, where there is room.
  [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $4}')" -lt 1500000 ] || scratch=/dev/shm
  if ! as_root env TMPDIR="$scratch" timeout 900 mmdebstrap --quiet --mode=root --variant=minbase --format=tar \
    --include=g++,make,ca-certificates --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' bookworm - "$mirror" 2>"$state/base-image.log" 9>&- |
    timeout 900 "$engine" import -c 'CMD ["bash"]' -c 'LABEL fairlead.quickstart=base-image' - "$(whole_name "$1")" \
      >/dev/null 2>&1; then
    tail -n 20 "$state/base-image.log" >&2
    fail "the base image could not be made" "look at $state/base-image.log" "or bring one: docker tag IMAGE $1"
  fi
}
