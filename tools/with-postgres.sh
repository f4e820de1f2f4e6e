#!/usr/bin/env bash
# Runs a command with TEST_POSTGRES_URL: the given one, or that of a throw-away cluster.
# usage: with-postgres.sh [--durable] COMMAND...   (--durable: with fsync, for measuring)
set -eu
fsync=off
if [ "${1:-}" = --durable ]; then fsync=on && shift; fi
if [ $# = 0 ]; then echo "usage: $0 [--durable] COMMAND..." >&2; exit 2; fi

say() { echo "with-postgres: $*" >&2; }

if [ -n "$("$(dirname "$0")/features.sh")" ]; then
    say "the build is SQLite only; left out: everything on PostgreSQL"
    unset TEST_POSTGRES_URL
    exec "$@"
fi
if [ -n "${TEST_POSTGRES_URL:-}" ]; then
    say "using the server of TEST_POSTGRES_URL"
    exec "$@"
fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    say "no PostgreSQL server here; left out: everything on PostgreSQL"
    unset TEST_POSTGRES_URL
    exec "$@"
fi

folder=$(mktemp -d /tmp/pass-numerique-postgres.XXXXXX)
# Not below the caller's folder, which the user postgres may not be allowed to enter.
as() { (cd "$folder" && "$@"); }
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown postgres "$folder"
    as() { (cd "$folder" && runuser -u postgres -- "$@"); }
fi
stop() {
    as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

as "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
started=
for _ in 1 2 3 4 5; do # a port may be taken: draw again
    port=$((20000 + RANDOM % 12000))
    options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=300"
    options="$options -c fsync=$fsync -c full_page_writes=$fsync"
    if as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" -o "$options" start \
        >/dev/null 2>&1; then
        started=yes
        break
    fi
done
if [ -z "$started" ]; then
    say "PostgreSQL did not start; its log says:"
    tail -n 20 "$folder/data/log" >&2 || true
    exit 1
fi
export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
say "$("$bin/postgres" --version) on port $port, fsync=$fsync"
"$@"
