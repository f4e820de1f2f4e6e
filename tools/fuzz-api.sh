#!/usr/bin/env bash
# Sends generated requests to every operation of openapi.yaml, as every role, to a demonstration.
# Fails on a 5xx, and on an answer that the contract does not have. usage: fuzz-api.sh [EXAMPLES]
set -eu
cd "$(dirname "$0")/.."
examples=${1:-20}
folder=$(mktemp -d /tmp/pass-numerique-fuzz.XXXXXX)
listen=127.0.0.1:18099
service=
trap '[ -z "$service" ] || kill "$service"; rm -rf "$folder"' EXIT

say() { echo "fuzz-api: $*" >&2; }

tool=$PWD/target/schemathesis/bin/schemathesis
if [ ! -x "$tool" ]; then
    if ! python3 -m venv target/schemathesis || ! target/schemathesis/bin/pip -q install schemathesis; then
        say "schemathesis cannot be installed here; left out: generated requests"
        exit 1
    fi
fi
# shellcheck disable=SC2046 # no feature, or one flag
cargo build $(tools/features.sh)
target/debug/pass-numerique demo --no-serve --folder "$folder" >/dev/null
target/debug/pass-numerique serve --second-factor offered --database "sqlite:$folder/pass-numerique.sqlite" --keys "$folder/keys" \
    --listen $listen --address-rate 1000000 --account-rate 1000000 >"$folder/log" 2>&1 &
service=$!
for _ in $(seq 100); do
    curl -fsS http://$listen/readyz >/dev/null 2>&1 && break
    sleep 0.1
done

# Log-in, log-out and the end of people's access would end the run itself.
ends='(revoke_user|logout|login|refresh|first_operator)'
failed=0
# usage: fuzz ROLE HEADER
fuzz() {
    say "as $1"
    (cd "$folder" && "$tool" run http://$listen/openapi.yaml -H "$2" --exclude-operation-id-regex "$ends" \
        --max-examples "$examples" --workers 2 --warnings off --phases examples,coverage,fuzzing \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        >"$folder/$1" 2>&1) || failed=1
    grep -E '^ +[0-9]+ generated|^Seed|^- ST|^ *Received|curl -X' "$folder/$1" ||
        tail -n 20 "$folder/$1" | cut -c 1-200
}
while read -r role email password; do
    bearer=$(curl -sS http://$listen/v1/auth/login -H 'Content-Type: application/json' \
        -d "{\"email\":\"$email\",\"password\":\"$password\"}" |
        sed 's/.*"access_token":"\([^"]*\)".*/\1/')
    fuzz "$role" "Authorization: Bearer $bearer"
done < <(grep -E '^  (operator|auditor|analyst|agent|manager|supervisor|scanner) ' \
    "$folder/read-me-first.txt" | sort -u -k1,1)
fuzz nobody 'Accept-Language: en'
if grep -E 'panicked|ERROR' "$folder/log"; then failed=1; fi
target/debug/pass-numerique audit --database "sqlite:$folder/pass-numerique.sqlite" || failed=1
exit $failed
