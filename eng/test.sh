#!/usr/bin/env bash
# Builds everything, runs every test and checks the coverage. Needs the .NET SDK that global.json names, and Debian's
# apt for a headless Chromium where none is found; everything else comes from NuGet. Results go to artifacts/.
# The last line is always the count: "N passed, N failed" (", N skipped" only if any). Exit code 0 only if all is well.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

readonly least_coverage=90 # per cent of the lines of LagoConsole.Core
readonly results=artifacts/test-results
readonly coverage=artifacts/coverage

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-${HOME:-/tmp}}
# Build servers outlive the build and keep its output open: whoever waits for this script's last line would wait for them.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=false

passed=0 failed=0 skipped=0

finish() {
  local code=$?
  trap - EXIT
  if ((code == 0 && failed > 0)); then code=1; fi
  if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  exit "$code"
}
trap finish EXIT

step() { printf '\n== %s\n' "$1"; }

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

install() {
  local root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
      fail "$* must be installed, which needs root or sudo without a question. Install it once yourself: apt-get install -y $*"
    root=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "$* must be installed, and this machine has no apt-get. Install it in this machine's own way."
  "${root[@]}" apt-get update -qq || fail "apt-get update did not work: see above. $* is needed."
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install $*: see above."
}

find_chromium() {
  local candidate
  for candidate in "${LAGOCONSOLE_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [[ -n $candidate ]] && candidate=$(command -v "$candidate") && "$candidate" --version >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Adds up what the test runs wrote down themselves.
count() {
  local file counters
  passed=0 failed=0 skipped=0
  for file in "$results"/*.trx; do
    [[ -f $file ]] || continue
    counters=$(tr '\n' ' ' <"$file" | grep -o '<Counters [^>]*>' || true)
    [[ -n $counters ]] || continue
    passed=$((passed + $(counter passed)))
    skipped=$((skipped + $(counter notExecuted)))
    failed=$((failed + $(counter total) - $(counter passed) - $(counter notExecuted))) # timed out, aborted: not passed
  done
}

# At the end once more: what failed stands far above by then.
name_failed() {
  cat "$results"/*.trx | tr '\n' ' ' | grep -o '<UnitTestResult [^>]*>' | grep -v ' outcome="\(Passed\|NotExecuted\)"' | sed -nE 's/.* testName="([^"]*)".*/Failed: \1/p' || true
  cat "$results"/*.trx | tr '\n' ' ' | grep -o '<Message>[^<]*' | sed 's/^<Message>/  /' | cut -c 1-2000 || true
}

counter() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<<"$counters" | grep . || echo 0; }

step "Tools"
command -v dotnet >/dev/null || fail "The .NET SDK is not installed. global.json names its version; see https://dotnet.microsoft.com/download."
if ! ldconfig -p 2>/dev/null | grep -q libicuuc && command -v apt-get >/dev/null; then
  apt_icu=$(apt-cache search --names-only '^libicu[0-9]+$' | sort -V | tail -n 1 | cut -d ' ' -f 1)
  install "${apt_icu:-libicu-dev}" # .NET formats numbers and dates with it
fi
echo ".NET SDK $(dotnet --version)"
if ! chromium=$(find_chromium); then
  echo "No Chromium found: installing Debian's."
  install chromium fonts-liberation
  chromium=$(find_chromium) || fail "Chromium was installed but does not start. Set LAGOCONSOLE_CHROMIUM to one that does."
fi
export LAGOCONSOLE_CHROMIUM=$chromium # for the browser tests
echo "$("$chromium" --version 2>/dev/null) at $chromium"
dotnet tool restore

step "Restore"
if [[ ${CI:-} == true ]]; then
  dotnet restore LagoConsole.sln --locked-mode
else
  dotnet restore LagoConsole.sln
fi

step "Build, where a warning is an error"
# Advisories are news about the world: they fail CI, and are shown elsewhere (Directory.Build.props).
shown="NU1905"
if [[ ${CI:-} != true ]]; then shown+=";NU1901;NU1902;NU1903;NU1904"; fi
dotnet build LagoConsole.sln --configuration Debug --no-restore -warnAsError "-warnNotAsError:$shown"

step "Test"
# Other seeds each time find what known ones never would; printed, so that a failure can be given again.
export LAGOCONSOLE_CRASH_SEED=${LAGOCONSOLE_CRASH_SEED:-$((RANDOM * 32768 + RANDOM))}
export LAGOCONSOLE_SIMULATION_SEED=${LAGOCONSOLE_SIMULATION_SEED:-$((RANDOM * 32768 + RANDOM))}
echo "LAGOCONSOLE_CRASH_SEED=$LAGOCONSOLE_CRASH_SEED LAGOCONSOLE_SIMULATION_SEED=$LAGOCONSOLE_SIMULATION_SEED"
rm -rf "$results" "$coverage" # an old result must not count
mkdir -p "$results" "$coverage"

# Beside the tests, which wait a lot and go first; told at the end: a space at the wrong place must not hide a failing test.
nice -n 19 dotnet format LagoConsole.sln --verify-no-changes --no-restore >"$results/format.log" 2>&1 &
formatting=$!
run=0
dotnet test --solution LagoConsole.sln --configuration Debug --no-build --results-directory "$PWD/$results" \
  --report-trx --coverage --coverage-output-format cobertura --coverage-output "$PWD/$coverage/coverage.cobertura.xml" \
  --coverage-settings "$PWD/eng/coverage.settings.xml" \
  --hangdump --hangdump-timeout 5m --hangdump-type Mini || run=$?
format=0
wait "$formatting" || format=$?
count
if ((passed + failed == 0)); then
  fail "No test was executed."
fi
if ((run != 0 && failed == 0)); then
  failed=1 # it broke off, or a host crashed: what did not finish did not pass
  fail "The test run ended with code $run although every test that finished passed. It counts as one failure."
fi

step "Coverage of LagoConsole.Core"
dotnet reportgenerator "-reports:$coverage/coverage.cobertura.xml" "-targetdir:$coverage" -reporttypes:TextSummary\;Html \
  "-assemblyfilters:+LagoConsole.Core" "-filefilters:-*/Migrations/*;-*/obj/*" -verbosity:Warning
covered=$(sed -nE 's/^ *Covered lines: *([0-9]+)$/\1/p' "$coverage/Summary.txt")
coverable=$(sed -nE 's/^ *Coverable lines: *([0-9]+)$/\1/p' "$coverage/Summary.txt")
[[ -n $covered && ${coverable:-0} -gt 0 ]] || fail "The coverage report holds no line of LagoConsole.Core."
echo "Line coverage: $(awk "BEGIN { printf \"%.1f\", 100 * $covered / $coverable }") % ($covered of $coverable lines); details in $coverage/index.html"
echo

if ((failed > 0)); then
  name_failed
  fail "$failed of $((passed + failed)) tests failed; see above and $results."
fi
if ((format != 0)); then
  cat "$results/format.log"
  fail "The format differs: see above. dotnet format LagoConsole.sln puts it right."
fi
if ((covered * 100 < least_coverage * coverable)); then
  fail "Less than $least_coverage % of the lines of LagoConsole.Core are covered."
fi
