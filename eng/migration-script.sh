#!/usr/bin/env bash
# Writes the SQL that a database administrator runs on SQL Server to artifacts/lagoconsole-sqlserver.sql. Asks no database.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts
dotnet run --project LagoConsole --configuration Release -- migration-script >artifacts/lagoconsole-sqlserver.sql
echo "artifacts/lagoconsole-sqlserver.sql: $(wc -l <artifacts/lagoconsole-sqlserver.sql) lines"
