#!/usr/bin/env bash
# Prints the cargo flags for this machine: PostgreSQL's client needs the OpenSSL headers and
# pkg-config to find them. Without them the build is SQLite only.
set -eu
header='#include <openssl/ssl.h>'
if ! command -v pkg-config >/dev/null 2>&1 || ! pkg-config --exists openssl ||
    ! echo "$header" | cc -E - >/dev/null 2>&1; then
    echo "--no-default-features"
fi
