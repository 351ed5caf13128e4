#!/usr/bin/env bash
# Runs the tests of everything that is stored on a real SQL Server: each test gets a database of its own there and drops it.
# LAGOCONSOLE_TEST_SQLSERVER names the server by a connection string of somebody who may create databases; without it a
# container is started for the time of the run, where a Docker engine answers. Where there is neither, nothing is run, the
# script says so and ends with 2. Needs the .NET SDK that global.json names. It is no part of eng/test.sh.
# LAGOCONSOLE_KILLS says how many engines die in the test of two nodes (default here: 100).
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=false

if [[ -n ${LAGOCONSOLE_TEST_SQLSERVER:-} ]]; then
  echo "On the server of LAGOCONSOLE_TEST_SQLSERVER."
elif command -v docker >/dev/null && timeout 20 docker info >/dev/null 2>&1; then
  echo "In a container."
else
  echo "NOT RUN on SQL Server: LAGOCONSOLE_TEST_SQLSERVER is not set, and no Docker engine answers." >&2
  exit 2
fi

# What looks into a SQLite file, or starts the console as it is installed, has nothing to do with this server.
readonly features="Books Buyers Closing Conversion DryRun Fulfilment Held HighWater Nodes Persistence Polling Products Reconciliation Reporting Scenarios Scheduling Usage Waiting"
readonly results=artifacts/test-sqlserver
filters=()
for feature in $features; do filters+=(--filter-namespace "LagoConsole.Tests.$feature*"); done

export LAGOCONSOLE_TEST_STORE=SqlServer LAGOCONSOLE_KILLS=${LAGOCONSOLE_KILLS:-100}
rm -rf "$results"
dotnet build LagoConsole.Tests/LagoConsole.Tests.csproj --configuration Debug
dotnet test --project LagoConsole.Tests/LagoConsole.Tests.csproj --configuration Debug --no-build --results-directory "$PWD/$results" \
  "${filters[@]}" --filter-not-class "LagoConsole.Tests.Persistence.Sqlite*" --filter-not-class "LagoConsole.Tests.Nodes.ProcessTests" \
  --report-trx --hangdump --hangdump-timeout 10m --hangdump-type Mini
