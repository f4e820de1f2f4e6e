#!/usr/bin/env bash
# Runs a command as on a disk whose fsync takes MILLISECONDS longer: each thread of it that asks for
# one waits so much longer, and so do those of a PostgreSQL that the command starts. For measuring.
# usage: slow-disk.sh MILLISECONDS COMMAND...
set -eu
if [ $# -lt 2 ] || ! [[ $1 =~ ^[0-9]+$ ]]; then
    echo "usage: $0 MILLISECONDS COMMAND..." >&2
    exit 2
fi
# Where the user postgres may read it too.
folder=$(mktemp -d /tmp/pass-numerique-slow-disk.XXXXXX)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cc -shared -fPIC -O2 -Wall -Wextra -o "$folder/slow-disk.so" "$(dirname "$0")/slow-disk.c" -ldl
export SLOW_DISK_MS=$1
shift
LD_PRELOAD="$folder/slow-disk.so" "$@"
