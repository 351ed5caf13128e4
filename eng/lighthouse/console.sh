# For the scripts beside this folder: publishes the console, starts it in Development with its sandbox on a free port of the
# loopback interface and an empty data folder, and stops it at the end. Sets root, tool, address and chromium.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
tool="$root/eng/lighthouse"
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

chromium=""
for candidate in "${LAGOCONSOLE_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
  if [[ -n $candidate ]] && chromium="$(command -v "$candidate")"; then break; fi
done
if [[ -z $chromium ]]; then
  echo "Chromium is needed: install it, or say where it is with LAGOCONSOLE_CHROMIUM." >&2
  exit 1
fi

(cd "$tool" && npm ci --no-audit --no-fund --silent)

work="$(mktemp -d)"
app=""
stop() {
  if [[ -n $app ]]; then
    kill "$app" 2>/dev/null || true
    wait "$app" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

dotnet publish "$root/LagoConsole" --configuration Release --output "$work/console" --nologo --verbosity quiet
(cd "$work" && ASPNETCORE_ENVIRONMENT=Development exec "$work/console/LagoConsole" --urls http://127.0.0.1:0) >"$work/log" 2>&1 &
app=$!
for _ in $(seq 1 300); do
  address="$(sed -n 's/.*Now listening on: \(http[^ ]*\).*/\1/p' "$work/log")"
  if [[ -n $address ]]; then break; fi
  if ! kill -0 "$app" 2>/dev/null; then break; fi
  sleep 0.2
done
if [[ -z $address ]]; then
  echo "The console did not start:" >&2
  cat "$work/log" >&2
  exit 1
fi
