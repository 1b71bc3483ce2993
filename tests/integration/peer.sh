#!/bin/sh
# peer.sh command-line|read-configuration|environments DEVCONTAINER: asks the reference CLI and ours the same
# questions and compares the answers. 77 (skipped) without the reference CLI.
set -eu
here=$(dirname "$0")
reference=${FAIRLEAD_TEST_REFERENCE_CLI:-${FAIRLEAD_REFERENCE_CLI:-}}
if [ -z "$reference" ]; then
  echo "skipped: no reference CLI"
  exit 77
fi
case $1 in
  command-line) FAIRLEAD_DEVCONTAINER=$2 FAIRLEAD_REFERENCE_CLI=$reference exec "$here/cli_peer.sh" ;;
  environments) FAIRLEAD_DEVCONTAINER=$2 FAIRLEAD_REFERENCE_CLI=$reference exec "$here/environment_peer.sh" ;;
  read-configuration)
    if ! command -v python3 >/dev/null; then
      echo "skipped: no python3"
      exit 77
    fi
    python3 "$here/dockerfile_differential.py" "$reference" "$2"
    exec python3 "$here/read_configuration_differential.py" "$reference" "$2" --count 300
    ;;
  *) exit 2 ;;
esac
