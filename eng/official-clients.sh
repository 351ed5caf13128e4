#!/usr/bin/env bash
# Points the official clients of Lago and AWS Marketplace (npm, unchanged) at the sandbox of a console that is started
# for them: own temporary data folder, free port, stopped at the end. Needs the .NET SDK, Node 20 and npm.
# With a base URL as argument it checks a console that is running already.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
clients="$root/eng/official-clients"
(cd "$clients" && npm ci --no-audit --no-fund --silent)

if [ $# -ge 1 ]; then
  exec node "$clients/check.mjs" "$1"
fi

data="$(mktemp -d)"
app=""
stop() {
  # dotnet run is the parent of the app, and of nothing else that matters: both were started here.
  if [ -n "$app" ]; then
    children="$(pgrep -P "$app" || true)"
    [ -z "$children" ] || kill $children 2>/dev/null || true
    kill "$app" 2>/dev/null || true
    wait "$app" 2>/dev/null || true
  fi
  rm -rf "$data"
}
trap stop EXIT

dotnet build "$root/LagoConsole" --nologo --verbosity quiet
port="$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
base="http://127.0.0.1:$port"
ASPNETCORE_ENVIRONMENT=Development Database__DataFolder="$data" Sandbox__Folder="$data/sandbox" \
  dotnet run --project "$root/LagoConsole" --no-build --no-launch-profile --urls "$base" >"$data/app.log" 2>&1 &
app=$!

for _ in $(seq 1 120); do
  if curl --silent --fail --output /dev/null "$base/sandbox/credentials"; then
    node "$clients/check.mjs" "$base"
    exit $?
  fi
  kill -0 "$app" 2>/dev/null || break
  sleep 0.5
done

echo "The console did not start:" >&2
cat "$data/app.log" >&2
exit 1
