#!/usr/bin/env bash
# Runs the reference Dev Container CLI and ours, called as devcontainer, on the same argument vectors and
# compares exit code, stdout and stderr. What may differ is masked: prose in help, folders, commands that
# this version does not have.
#   FAIRLEAD_DEVCONTAINER   our binary under the name devcontainer
#   FAIRLEAD_REFERENCE_CLI  the reference's
# Exits 77 (skipped) when either is missing, 1 when something differs.
set -u
ours=${FAIRLEAD_DEVCONTAINER:-} reference=${FAIRLEAD_REFERENCE_CLI:-}
if [[ ! -x $ours || ! -x $reference ]]; then
  echo 'skipped: FAIRLEAD_DEVCONTAINER and FAIRLEAD_REFERENCE_CLI name the two programs'
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
cd "$work/empty" || exit 1
same=0 different=0 skipped=0

# Tables keep their first column, its width and the bracketed facts; descriptions go.
mask() {
  sed -E -e 's#^devcontainer@([0-9.]+) .*#devcontainer@\1 FOLDER#' \
    -e '/^  devcontainer (build|outdated|upgrade|features|templates)( |$)/d' "$1" |
    awk '
      /^devcontainer exec/ { exec_page = 1; sub(/ <cmd>.*/, "") }
      /^[A-Z][a-z]+:$/ { section = $0 }
      exec_page && (section == "Commands:" || section == "Positionals:") { next }
      # A positional: its name and facts, however its description is broken into lines.
      section == "Positionals:" && NF && !/^[A-Z]/ {
        sub(/ \[deprecated: [^]]*\]/, "")
        if (/^  [a-zA-Z]+( |$)/) print "  " $1
        if (match($0, /  \[(string|array|required|choices).*/)) print substr($0, RSTART)
        next
      }
      section == "Positionals:" && !NF { next }
      /^ +(-[a-z], +)?--[a-z-]+ / {
        match($0, /^ +(-[a-z], +)?[-a-zA-Z]+ +/); first = substr($0, 1, RLENGTH)
        at = match($0, /  \[(deprecated|string|boolean|number|array|required|choices)/)
        print first (at ? substr($0, at) : ""); next
      }
      { print }'
}

run_both() {
  timeout 60 "$reference" "$@" </dev/null >"$work/ref.out" 2>"$work/ref.err"; ref_rc=$?
  timeout 60 "$ours" "$@" </dev/null >"$work/our.out" 2>"$work/our.err"; our_rc=$?
}

is_missing_here() {
  if grep -q 'is not in this version' "$work/our.err"; then
    skipped=$((skipped + 1))
    return 0
  fi
  return 1
}

report() {
  different=$((different + 1))
  echo "DIFFERENT: $*"
}

# Answers of the parser itself: everything is compared.
compare() {
  run_both "$@"
  is_missing_here && return
  local stream ok=1
  [[ $ref_rc == "$our_rc" ]] || { ok=0; echo "  exit code: reference $ref_rc, ours $our_rc"; }
  for stream in out err; do
    diff -u <(mask "$work/ref.$stream") <(mask "$work/our.$stream") >"$work/diff" && continue
    ok=0
    sed 's/^/  /' "$work/diff" | head -30
  done
  if ((ok)); then same=$((same + 1)); else report "$@"; fi
}

# Command lines that the parser lets through: neither may answer with a usage page.
accept() {
  run_both "$@"
  is_missing_here && return
  if grep -q '^Options:$' "$work/ref.err" || grep -q '^Options:$' "$work/our.err"; then
    report "$@"
  else
    same=$((same + 1))
  fi
}

# Both refuse, in words of their own: the reference's are an accident of its implementation.
refuse() {
  run_both "$@"
  is_missing_here && return
  if ((ref_rc != 0 && our_rc != 0)); then same=$((same + 1)); else report "$@"; fi
}

compare
compare --help
compare --version
compare help
compare help up
compare -h
compare -v
compare nosuch
compare nosuch nosuch2
compare 'nosuch nosuch2'
compare nosuch --flag-x
compare --nosuch
compare --nosuch up
compare --prebuild up
compare --help nosuch
compare nosuch --help
compare --help --nosuch
compare --version --nosuch
compare --oci-auth-hardening
compare --allow-cross-origin-auth-host
compare completion
compare list
for command in up set-up build run-user-commands read-configuration outdated upgrade features \
  'features test' 'features package' 'features publish' 'features info' \
  'features resolve-dependencies' 'features generate-docs' templates 'templates apply' \
  'templates publish' 'templates metadata' 'templates generate-docs' exec; do
  # shellcheck disable=SC2086  # two words are two arguments
  compare $command --help
done
compare --help up
compare up help
compare up --version
compare --version up
compare --version=false up --help
compare up --help --nosuch
compare up --help nosuch
compare up help foo
compare up --nosuch
compare up --no-such-thing
compare up --no-such-thing --nosuch
compare up --no-such=3 extra --prebuild=true
compare up --a-b-c --d
compare up --aB
compare up --a_b 3
compare up --a.b 3
compare up --Workspace-folder x
compare up ---x
compare up '--=x'
compare up '-=x'
compare up -h
compare up -xyz
compare up -x=3
compare up extra
compare up extra extra2
compare up 5
compare up -5
compare up ''
compare up --workspace-folder -
compare up --workspace-folder -x
compare up --prebuild foo
compare up --prebuild true extra
compare up --no-prebuild
compare up --no-cache
compare up --no-mount-workspace-git-root
compare up --include-merged
compare up --log-level foo
compare up --log-level 5
compare up --log-level=
compare up --logLevel x
compare up --log-level=info --log-level foo
compare up --log-level foo --log-level bar --log-format x
compare up --log-level foo --nosuch
compare up --terminal-columns 5
compare up --terminal-rows
compare up --terminal-columns
compare up --id-label x --terminal-columns 5
compare up --id-label foo --remote-env x --mount y
compare up --id-label a=
compare up --id-label =b
compare up --id-label -5
compare up --remote-env x
compare up --remote-env =x
compare up --mount y
compare up --mount type=bind,source=a,target=b,external=maybe
compare up --mount type=tmpfs,source=a,target=b
compare up --mount type=bind,source=a,target=b,readonly
compare up --no-lockfile --frozen-lockfile
compare up --no-lockfile --experimental-lockfile
compare up --no-lockfile --experimental-frozen-lockfile
compare up --no-lockfile --frozen-lockfile --id-label x
compare up --allow-cross-origin-auth-host a=b
compare up --allow-cross-origin-auth-host ab --oci-auth-hardening
compare up --allow-cross-origin-auth-host
compare up --oci-auth-hardening --allow-cross-origin-auth-host a=b c=d
compare up --id-label x --allow-cross-origin-auth-host a=b
compare --id-label x up --nosuch
compare set-up
compare set-up --nosuch
compare set-up --log-level x
compare run-user-commands --id-label x
compare run-user-commands --terminal-rows 3
compare read-configuration ''
compare build a b
compare build --no-lockfile --frozen-lockfile
compare outdated --output-format x
compare upgrade -v 1
compare upgrade -f x
compare upgrade -f x -v x
compare features
compare features nosuch
compare features --nosuch
compare features package
compare features info foo
compare features info foo x
compare features publish .
compare templates
compare templates apply --nosuch
compare exec --nosuch
compare exec -h
compare exec --log-level x foo
compare exec --remote-env x foo
compare exec --container-id a --id-label x foo
compare exec --help foo
compare exec --version

accept read-configuration --workspaceFolder
accept read-configuration --workspace-folder=
accept read-configuration --log-level
accept read-configuration --log-format json --log-format text
accept read-configuration -- foo
accept read-configuration --terminal-columns abc --terminal-rows 3
accept read-configuration --terminal-rows 3 --terminal-rows 4 --terminal-columns 4
accept up --prebuild=foo
accept up --help=false
accept up --mount type=bind,source=a,target=b,external=true
accept up --remote-env x=
accept up --allow-cross-origin-auth-host=a=b --oci-auth-hardening
accept exec foo --help
accept exec -- --nosuch
accept exec foo --nosuch --log-level x
accept --log-level info exec foo

refuse up --id-label
refuse up --workspace-folder a --workspace-folder b

echo "same $same, different $different, not in this version $skipped"
((different == 0))
