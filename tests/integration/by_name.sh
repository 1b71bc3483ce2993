#!/bin/sh
# by_name.sh BINARY: called by its name alone, as PATH finds it, a program loads its own modules, and none that lie
# where a stranger's project could have put them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
project=$folder/project
mkdir -p "$project/one" "$folder/lib/fairlead/core" "$folder/home"
echo 'no library' >"$folder/lib/fairlead/core/fairlead-archive.so"
echo '{"id": "one", "version": "1.0.0", "name": "One"}' >"$project/one/devcontainer-feature.json"
printf '#!/bin/sh\ntrue\n' >"$project/one/install.sh"
PATH=$(dirname "$1"):$PATH
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
export PATH HOME="$folder/home"
cd "$project"
"${1##*/}" features package -o "$folder/out" .
[ -s "$folder/out/devcontainer-feature-one.tgz" ]
