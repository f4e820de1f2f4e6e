#!/usr/bin/env bash
# The scanner in `web`: its build, which the program embeds, and its checks. Without Node the
# program is built without a scanner, and this says so. usage: web.sh build|test|browser
set -eu
cd "$(dirname "$0")/.."
say() { echo "web: $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

case ${1:-} in build | test | browser) ;; *) echo "usage: $0 build|test|browser" >&2; exit 2 ;; esac
oldest=20
if ! has npm || [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -lt "$oldest" ]; then
    say "Node $oldest is missing (https://nodejs.org); left out: the scanner and its checks"
    exit 0
fi
if ! cmp -s web/package-lock.json web/node_modules/.lock; then
    say "installing packages"
    npm --prefix web ci --no-audit --no-fund --loglevel=error >&2 || {
        say "npm cannot install the packages of web/package-lock.json; left out: the scanner"
        exit 0
    }
    cp web/package-lock.json web/node_modules/.lock
fi

build() {
    [ -e web/dist/index.html.gz ] && [ -z "$(find web -path web/node_modules -prune -o -path web/dist -prune \
        -o -path web/test -prune -o -type f -newer web/dist/index.html.gz -print)" ] && return
    (cd web && npm run --silent build -- --logLevel warn) >&2
    # What embeds it is compiled again, which cargo cannot see of files that were not there.
    touch src/pages/scan.rs src/http/docs.rs
}

case $1 in
build) build ;;
test)
    build
    (cd web && npm run --silent check && npm run --silent test)
    ;;
browser)
    for tool in "${CHROMIUM:-chromium}:chromium" ffmpeg:ffmpeg pdftoppm:poppler-utils zbarimg:zbar-tools unzip:unzip; do
        if ! has "${tool%%:*}"; then
            say "${tool%%:*} is missing (apt-get install ${tool#*:}); left out: the tests in a browser"
            exit 0
        fi
    done
    (cd web && CHROMIUM=$(command -v "${CHROMIUM:-chromium}") npm run --silent test:browser)
    ;;
esac
