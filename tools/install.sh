#!/usr/bin/env bash
# Installs what building (`build`) or building and testing (`test`, the default) needs on Debian.
# What cannot be installed is named, with what is left out; what nothing works without is an error.
set -eu
cd "$(dirname "$0")/.."
for_what=${1:-test}
case $for_what in build | test) ;; *) echo "usage: $0 [build|test]" >&2; exit 2 ;; esac
export DEBIAN_FRONTEND=noninteractive

has() { command -v "$1" >/dev/null 2>&1; }
say() { echo "install: $*" >&2; }

# package NAME WHAT-IS-LEFT-OUT: installs a Debian package, or says what that costs.
package() {
    if [ "$(id -u)" != 0 ]; then
        say "$1 is missing and only root can install it (apt-get install $1); left out: $2"
        return 0
    elif ! has apt-get; then
        say "$1 is missing and there is no apt-get to install it with; left out: $2"
        return 0
    fi
    if [ -z "${updated:-}" ]; then
        apt-get update -qq >/dev/null || say "the package lists could not be brought up to date"
        updated=1
    fi
    say "installing $1"
    apt-get install -y -qq --no-install-recommends "$1" >/dev/null ||
        say "$1 could not be installed (see above); left out: $2"
}

missing=0
for tool in cargo cc; do
    if ! has "$tool"; then
        say "$tool is missing: install Rust (https://rustup.rs) and a C compiler (build-essential)"
        missing=1
    fi
done
[ "$missing" = 0 ] || exit 1

if [ -n "$(tools/features.sh)" ]; then
    has pkg-config || package pkg-config "PostgreSQL (the build is SQLite only)"
    [ -e /usr/include/openssl/ssl.h ] ||
        package libssl-dev "PostgreSQL (the build is SQLite only)"
    flags=$(tools/features.sh)
    [ -z "$flags" ] || say "building with $flags: SQLite only, no PostgreSQL"
fi
[ "$for_what" = test ] || exit 0

for component in fmt:rustfmt clippy:clippy; do
    if ! cargo "${component%:*}" --version >/dev/null 2>&1; then
        say "installing ${component#*:}"
        has rustup && rustup component add "${component#*:}" || {
            say "cargo ${component%:*} is missing: rustup component add ${component#*:}"
            exit 1
        }
    fi
done

if ! cargo deny --version >/dev/null 2>&1; then
    # It runs once or twice: what optimising it would take is longer than it ever saves.
    say "installing cargo-deny (a minute or two)"
    cargo install cargo-deny --locked --debug --quiet || {
        say "cargo-deny could not be installed: cargo install cargo-deny --locked"
        exit 1
    }
fi

if [ -z "${TEST_POSTGRES_URL:-}" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    package postgresql "the tests on PostgreSQL (or give a server as TEST_POSTGRES_URL)"
fi

has pdftoppm || package poppler-utils "reading the QR of rendered PDFs"
has zbarimg || package zbar-tools "the second reader of the QR of rendered PDFs"
has xmllint || package libxml2-utils "payment files against the official schema"
has hledger || package hledger "the ledger as hledger computes it"
has bean-check || package beancount "the ledger as beancount computes it"
has strace || package strace "the images of a power loss"
for tool in chromium ffmpeg unzip; do
    has "$tool" || package "$tool" "the tests in a browser"
done
