#!/usr/bin/env bash
# Adds one migration to both providers: eng/add-migration.sh NameOfTheChange
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?"usage: eng/add-migration.sh NameOfTheChange"}
dotnet tool restore >/dev/null
for provider in Sqlite SqlServer; do
  dotnet ef migrations add "$name" --project LagoConsole.Core --context "${provider}LagoConsoleDbContext" \
    --output-dir "Persistence/$provider/Migrations"
done
