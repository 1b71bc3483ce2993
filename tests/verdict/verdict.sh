#!/bin/sh
# verdict.sh FAIRLEAD: compares verdicts on generated documents with ajv. 77 (skipped) without it.
set -eu
for needed in python3 node; do
  if ! command -v "$needed" >/dev/null; then
    echo "skipped: no $needed"
    exit 77
  fi
done
if [ -z "${FAIRLEAD_TEST_AJV:-}" ]; then
  echo "skipped: no schema validator (ajv), npm's registry cannot be reached"
  exit 77
fi
exec python3 "$(dirname "$0")/verdict.py" "$1" "$FAIRLEAD_TEST_AJV" --count 4000
