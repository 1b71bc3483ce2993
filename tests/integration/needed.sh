#!/bin/sh
# needed.sh BINARY LIBRARY...: fails unless everything that BINARY links at start is among LIBRARY...
set -eu
binary=$1
shift
allowed=" $* "
status=0
for library in $(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
  case $allowed in
    *" $library "*) ;;
    *) printf '%s needs %s: load it on use instead\n' "$binary" "$library"; status=1 ;;
  esac
done
exit $status
