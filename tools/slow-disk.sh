#!/usr/bin/env bash
# Runs a command as on a disk whose fsync takes MILLISECONDS more: every thread of it that asks for
# one waits so much longer, those of a PostgreSQL that the command starts too. For measuring; needs
# strace, and stops at no other call than these.
# usage: slow-disk.sh MILLISECONDS COMMAND...
set -eu
if [ $# -lt 2 ] || ! [[ $1 =~ ^[0-9]+$ ]]; then
    echo "usage: $0 MILLISECONDS COMMAND..." >&2
    exit 2
fi
if ! command -v strace >/dev/null; then
    echo "slow-disk: strace is not here; Debian's package has its name" >&2
    exit 1
fi
delay=$(($1 * 1000))
shift
exec strace --follow-forks --seccomp-bpf -qqq --output=/dev/null --trace=fsync,fdatasync \
    --inject=fsync,fdatasync:delay_exit="$delay" "$@"
