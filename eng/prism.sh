#!/usr/bin/env bash
# Runs the tests with Prism (npm) between the console's clients of Azure and Google and the sandbox: each request and each answer
# is held against the marketplaces' published OpenAPI descriptions. Ends with the number of exchanges and of violations; one
# violation is a failure. The descriptions are not part of this repository: they are read from
# ../shared/reference/marketplaces, or from the folder that LAGOCONSOLE_DESCRIPTIONS names. Arguments go to the test program, for
# example -class "*Azure*"; without any, all tests run. Needs the .NET SDK, Node 20 and npm; starts and stops its proxies itself.
# Not part of eng/test.sh.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
prism="$root/eng/prism"
descriptions="$(realpath "${LAGOCONSOLE_DESCRIPTIONS:-$root/../shared/reference/marketplaces}")"
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_TELEMETRY_OPTOUT=1
export NODE_OPTIONS=--max-http-header-size=1000000 # a recorded answer travels in a header

(cd "$prism" && npm ci --no-audit --no-fund --silent)
dotnet build "$root/LagoConsole.Tests" --nologo --verbosity quiet

work="$(mktemp -d)"
started=()
stop() {
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

# Waits for a text in a log, half a minute at most.
await() {
  for _ in $(seq 1 150); do
    if grep -q "$2" "$1"; then return; fi
    sleep 0.2
  done
  echo "A proxy did not start:" >&2
  cat "$1" >&2
  exit 1
}

node "$prism/relay.mjs" >"$work/relay.log" 2>&1 &
started+=($!)
await "$work/relay.log" '^[0-9]'
upstream="http://127.0.0.1:$(head -n 1 "$work/relay.log")"

proxy() { # name, description
  local port
  port="$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
  node "$prism/node_modules/@stoplight/prism-cli/dist/index.js" proxy --errors --multiprocess false --host 127.0.0.1 --port "$port" "$2" "$upstream" >"$work/$1.log" 2>&1 &
  started+=($!)
  await "$work/$1.log" "listening on"
  address="http://127.0.0.1:$port"
}

proxy azure "$descriptions/azure-metering.openapi.json"
export LAGOCONSOLE_TEST_AZURE_PROXY="$address"
proxy google "$descriptions/gcp-servicecontrol-v1.openapi.json"
export LAGOCONSOLE_TEST_GOOGLE_PROXY="$address"
export LAGOCONSOLE_TEST_PROXY_LOG="$work/exchanges"
touch "$LAGOCONSOLE_TEST_PROXY_LOG"

tests=0
"$root/LagoConsole.Tests/bin/Debug/net10.0/LagoConsole.Tests" "$@" || tests=$?

for marketplace in azure google; do
  echo "$marketplace: $(grep -c "^ok $marketplace " "$LAGOCONSOLE_TEST_PROXY_LOG" || true) exchanges as described, $(grep -c "^VIOLATION $marketplace " "$LAGOCONSOLE_TEST_PROXY_LOG" || true) violations"
done
cut -d ' ' -f 1-5 "$LAGOCONSOLE_TEST_PROXY_LOG" | sort | uniq -c
if grep '^VIOLATION ' "$LAGOCONSOLE_TEST_PROXY_LOG"; then exit 1; fi
if ! grep -q '^ok ' "$LAGOCONSOLE_TEST_PROXY_LOG"; then
  echo "No exchange came by: these tests speak to neither marketplace." >&2
  exit 1
fi
exit "$tests"
