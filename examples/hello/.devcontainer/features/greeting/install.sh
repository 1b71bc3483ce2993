#!/bin/sh
# Runs as root while the image is built; options arrive as variables in capitals.
set -eu
mkdir -p /usr/local/share/greeting
printf '%s\n' "${SALUTATION:-Hello}" >/usr/local/share/greeting/salutation
