#!/bin/sh
# json_rpc.sh FAIRLEAD: drives `fairlead serve` through a whole session with vscode-jsonrpc. 77 (skipped) without it.
set -eu
if [ -z "${FAIRLEAD_TEST_JSON_RPC:-}" ] || ! command -v node >/dev/null; then
  echo "skipped: no node, or no vscode-jsonrpc: npm's registry cannot be reached"
  exit 77
fi
exec timeout 280 node "$(dirname "$0")/json_rpc_session.mjs" "$1" "$FAIRLEAD_TEST_JSON_RPC"
