#!/usr/bin/env bash
# Runs a command with TEST_POSTGRES_URL: the given one, or that of a throw-away cluster.
set -eu
if [ -n "${TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    echo "with-postgres: no PostgreSQL server here; left out: the tests on PostgreSQL" >&2
    exec "$@"
fi
folder=$(mktemp -d /tmp/pass-numerique-postgres.XXXXXX)
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown postgres "$folder"
    as() { runuser -u postgres -- "$@"; }
fi
port=$((20000 + RANDOM % 20000))
stop() {
    as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
as "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=300" start >/dev/null
cd "$OLDPWD"
export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
