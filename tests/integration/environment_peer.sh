#!/usr/bin/env bash
# Brings the same workspaces up with the reference Dev Container CLI and with ours, called as devcontainer, looks at
# each container from inside and from the engine, and compares.
#   FAIRLEAD_DEVCONTAINER        our binary under the name devcontainer
#   FAIRLEAD_REFERENCE_CLI       the reference's
#   FAIRLEAD_PEER_WORKSPACES     how many of the workspaces below; default: a few of them; --all is all of them
# By default: LIFE-001, 003, 008, 010, 012, 013, 020; USER-001..003, 007, 010, 012; SEC-003, 006; PORT-015.
# Exits 77 (skipped) when a program or the engine is missing, 1 when something differs.
set -u
ours=${FAIRLEAD_DEVCONTAINER:-} reference=${FAIRLEAD_REFERENCE_CLI:-} docker=${FAIRLEAD_TEST_DOCKER:-docker}
if [[ ! -x $ours || ! -x $reference || -z ${DOCKER_HOST:-} ]]; then
  echo 'skipped: FAIRLEAD_DEVCONTAINER, FAIRLEAD_REFERENCE_CLI and DOCKER_HOST are needed'
  exit 77
fi
most=${FAIRLEAD_PEER_WORKSPACES:-10}
[ "${1:-}" != --all ] || most=1000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name | flags of up | configuration without its image | image (host when empty)
workspaces() {
  cat <<'END'
hooks||"onCreateCommand": "sh look onCreate", "updateContentCommand": ["sh", "look", "update"], "postCreateCommand": {"a": "sh look a"}, "postStartCommand": "sh look start", "postAttachCommand": "sh look attach"|
user||"remoteUser": "dev", "postCreateCommand": "sh look"|user
secrets|--secrets-file secrets.json|"remoteEnv": {"TOKEN": "remote"}, "postCreateCommand": "sh look"|
env|--remote-env B=given --remote-env D=given|"containerEnv": {"A": "container", "B": "container"}, "remoteEnv": {"B": "remote", "C": "${containerEnv:A}-${localWorkspaceFolderBasename}"}, "postCreateCommand": "sh look"|
dotfiles|--dotfiles-repository me/dots|"onCreateCommand": "cp git /usr/local/bin/git", "postStartCommand": "sh look; cat ~/installed"|
failing||"onCreateCommand": {"bad": "exit 3", "good": "touch good"}, "postCreateCommand": "touch never"|
mounts|--mount type=volume,source=fairlead-peer-v,target=/v2|"mounts": ["type=tmpfs,target=/t", {"type": "volume", "source": "fairlead-peer-v", "target": "/v"}], "postCreateCommand": "sh look; ls -d /t /v /v2"|
profile||"remoteUser": "dev", "userEnvProbe": "loginShell", "postCreateCommand": "sh look"|user
root-user||"containerUser": "dev", "remoteUser": "root", "postCreateCommand": "sh look"|user
shape||"init": true, "capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"], "runArgs": ["--hostname", "peer"], "appPort": [39871], "postCreateCommand": "sh look"|
probe-none||"userEnvProbe": "none", "postCreateCommand": "sh look"|user
probe-interactive||"userEnvProbe": "interactiveShell", "postCreateCommand": "sh look"|user
probe-both||"userEnvProbe": "loginInteractiveShell", "postCreateCommand": "sh look"|user
no-update||"updateRemoteUserUID": false, "remoteUser": "dev", "postCreateCommand": "sh look"|user
never|--update-remote-user-uid-default never|"remoteUser": "dev", "postCreateCommand": "sh look"|user
off|--update-remote-user-uid-default off|"remoteUser": "dev", "postCreateCommand": "sh look"|user
folder||"workspaceFolder": "/tmp", "workspaceMount": "", "postCreateCommand": "pwd > /tmp/p"|
elsewhere||"workspaceFolder": "/w/x", "workspaceMount": "source=${localWorkspaceFolder},target=/w/x,type=bind", "postCreateCommand": "sh look"|
skip-all|--skip-post-create|"postCreateCommand": "sh look"|
skip-attach|--skip-post-attach|"postCreateCommand": "sh look", "postAttachCommand": "touch never"|
prebuild|--prebuild|"onCreateCommand": "sh look", "updateContentCommand": "echo u >> u", "postCreateCommand": "touch never"|
non-blocking|--skip-non-blocking-commands|"onCreateCommand": "sh look", "postCreateCommand": "touch never"|
wait-for|--skip-non-blocking-commands|"waitFor": "postCreateCommand", "postCreateCommand": "sh look", "postStartCommand": "touch never"|
wait-none|--skip-non-blocking-commands|"waitFor": "initializeCommand", "onCreateCommand": "touch never"|
data-folder|--container-data-folder /opt/data|"postCreateCommand": "sh look; ls -A /opt/data"|
system-folder|--container-system-data-folder /opt/system|"postCreateCommand": "sh look; ls -A /opt/system"|
keep-command||"overrideCommand": false, "postCreateCommand": "sh look"|
privileged||"privileged": true, "postCreateCommand": "sh look"|
array||"postCreateCommand": ["sh", "-c", "sh look; echo \"$1\" > said", "sh", "a  b $X"]|
object||"postCreateCommand": {"one": ["sh", "-c", "echo 1 > one"], "two": "echo 2 > two"}|
empty||"postCreateCommand": "", "onCreateCommand": [], "postStartCommand": {}|
initialize||"initializeCommand": "echo i > initialized", "postCreateCommand": "sh look"|
quoting||"containerEnv": {"Q": "a \"b\" $c 'd'"}, "postCreateCommand": "sh look"|
unicode||"containerEnv": {"U": "größe"}, "postCreateCommand": "sh look; echo ünder"|
numeric||"remoteUser": "1000", "postCreateCommand": "sh look"|user
run-user||"runArgs": ["-u", "dev"], "postCreateCommand": "sh look"|user
label|--id-label peer.test=1|"postCreateCommand": "sh look"|
fails-late||"postStartCommand": "sh look; exit 4"|
kills-itself||"postCreateCommand": "kill -9 $$"|
interrupted||"postCreateCommand": "exit 130", "postStartCommand": "sh look"|
END
}

write_workspace() {  # folder, configuration, image
  rm -rf "$1"
  mkdir -p "$1/.devcontainer"
  printf '{"image": "fairlead-test/%s", %s}\n' "${3:-host}" "$2" >"$1/.devcontainer/devcontainer.json"
  printf '{"TOKEN": "hush", "LINES_": "one\\ntwo"}\n' >"$1/secrets.json"
  # What the container looks like to a command of the tool.
  cat >"$1/look" <<'END'
{ echo "== $1"; id; pwd; echo "$HOME"; env | grep -vE '^(HOSTNAME|_|SHLVL|PWD|OLDPWD|TERM|LS_COLORS)=' | sort; } >> seen
END
  printf '#!/bin/sh\nmkdir -p "$5"; printf "#!/bin/sh\\necho $4 > ~/installed\\n" > "$5/install.sh"\n' >"$1/git"
  chmod -R a+rwX "$1"
  chmod +x "$1/git"
}

# Who the container is to the engine; ids, times and what only labels say are left out.
shape='{{.Config.User}} {{.Config.Cmd}} {{.HostConfig.Privileged}} {{.HostConfig.Init}} {{.HostConfig.CapAdd}}
{{.HostConfig.SecurityOpt}} {{.HostConfig.PortBindings}} {{.Config.Hostname}}'
mounts='{{range .Mounts}}{{println .Type .Destination}}{{end}}'

observe() {  # folder, output of up, its exit code
  local id
  echo "exit code $3"
  sed -E 's/"containerId":"[0-9a-f]+"/"containerId":"ID"/' "$2"
  id=$($docker ps -aq --no-trunc --filter label=peer.test=1 --filter label=devcontainer.local_folder="$1" | head -1)
  [ -n "$id" ] || id=$(sed -nE 's/.*"containerId":"([0-9a-f]+)".*/\1/p' "$2")
  (cd "$1" && for file in *; do case $file in look | git | secrets.json) ;; *) echo "-- $file"; cat "$file" ;; esac; done)
  [ -n "$id" ] || return 0
  $docker inspect -f "$shape" "$id" | sed "s/${id:0:12}/HOST/"
  $docker inspect -f "$mounts" "$id" | sort  # an engine lists them in any order
  # The docker client gives the variables of the command line to the engine in any order.
  $docker exec -u root "$id" sh -c 'sort /etc/environment; cat /etc/profile; grep -E "^(dev|root):" /etc/passwd
    for d in /var/devcontainer /opt/system; do [ ! -d $d ] || ls -A $d; done' 2>/dev/null
  $docker rm -f -v "$id" >/dev/null
}

bring_up() {  # program, folder, flags
  local program=$1 folder=$2 rc
  shift 2
  (cd "$folder" && timeout 120 "$program" up --workspace-folder "$folder" --buildkit never "$@" </dev/null >"$work/out" 2>"$work/err")
  rc=$?
  observe "$folder" "$work/out" "$rc"
}

same=0 different=0 count=0
while IFS='|' read -r name flags config image; do
  ((count++ < most)) || break
  folder=$work/$name
  # shellcheck disable=SC2086  # the flags are words
  for side in reference ours; do
    write_workspace "$folder" "$config" "$image"
    bring_up "${!side}" "$folder" $flags >"$work/$side.seen"
  done
  if diff -u "$work/reference.seen" "$work/ours.seen" >"$work/diff"; then
    same=$((same + 1))
  else
    different=$((different + 1))
    echo "DIFFERENT: $name"
    sed 's/^/  /' "$work/diff" | cut -c1-300 | head -40
  fi
done < <(workspaces)
$docker volume rm fairlead-peer-v >/dev/null 2>&1
echo "same $same, different $different"
((different == 0))
