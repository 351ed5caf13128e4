#!/usr/bin/env bash
# Measures what the console costs beside the least that any program must do for the same work, in the same run, and prints one
# table; artifacts/bench.json has the same lines. A small size takes under two minutes; --full the sizes that the goals are set
# for, which may take an hour; --case NAME only one case. Each is a ratio: the machine's own pace is in both.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
dotnet build LagoConsole --configuration Release --nologo --verbosity quiet # what the case "start" starts
dotnet build eng/Bench --configuration Release --nologo --verbosity quiet
exec dotnet eng/Bench/bin/Release/net10.0/LagoConsole.Bench.dll "$@"
