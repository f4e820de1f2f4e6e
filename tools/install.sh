#!/usr/bin/env bash
# Installs what building and testing needs on Debian, and names what it could not install.
set -u
need() { # need COMMAND-OR-FILE PACKAGE WHAT-FOR
    if command -v "$1" >/dev/null 2>&1 || [ -e "$1" ]; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        [ -n "${updated:-}" ] || { apt-get update -qq >/dev/null; updated=1; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null && return
    fi
    echo "install: $2 is missing and cannot be installed without root; left out: $3" >&2
}
need /usr/include/openssl/ssl.h libssl-dev "PostgreSQL support (the build is SQLite only)"
need pkg-config pkg-config "PostgreSQL support (the build is SQLite only)"
if [ -z "${TEST_POSTGRES_URL:-}" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    need /usr/lib/postgresql/initdb postgresql "the tests on PostgreSQL"
fi
exit 0
