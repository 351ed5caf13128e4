#!/usr/bin/env bash
# Measures how much of the rules of money the unit tests really hold: Stryker changes one thing at a time in the pure files
# that eng/stryker.json names, and runs the tests; a change that no test notices has survived. Needs the .NET SDK only; takes
# some minutes. The report is artifacts/mutation/report/reports/mutation-report.html; the last line is the score. Exit code 0
# only if at least 85 % of the changes were noticed (the threshold "break" in eng/stryker.json).
#
# All of LagoConsole.Tests takes far too long for that, so the unit tests of those files are linked into a project of their
# own, made here and ignored by git. A new pure file goes into eng/stryker.json, its tests into the list below.
#
# Left out: files with a database in them, whose tests are the worlds of eng/test.sh, and tables of texts. Two kinds of
# changes are not made: other strings (sentences for people, whose wording no test should fix), and "checked" taken away
# (the whole project is compiled checked: it makes no difference).
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

readonly work=artifacts/mutation
readonly tests="AboveFinalRule HighWaterCheck JumpRule
  ConversionChecks ConversionExample DimensionConverter ReportingWindow
  AwsRules Backoff CallJudgement CallPace CallWidth Circuit FinalFlush MeterLedgerAllocate MeterLedgerSettle RecordChoices RecordTransition Slot
  HoldRule"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
# Build servers outlive the build and keep its output open: whoever waits for this script's last line would wait for them.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=false

rm -rf "$work" # an old report must not count
mkdir -p "$work"
{
  echo '<Project Sdk="Microsoft.NET.Sdk">'
  echo '  <PropertyGroup>'
  echo '    <OutputType>Exe</OutputType>'
  echo '    <EnableDefaultItems>false</EnableDefaultItems>'
  echo '    <RunAnalyzers>false</RunAnalyzers>'
  echo '    <RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>'
  echo '  </PropertyGroup>'
  echo '  <ItemGroup>'
  echo '    <PackageReference Include="CsCheck" />'
  echo '    <PackageReference Include="xunit.v3" />'
  echo '    <ProjectReference Include="../../LagoConsole.Core/LagoConsole.Core.csproj" />'
  for name in $tests; do
    file=$(find LagoConsole.Tests -name "${name}Tests.cs" -not -path '*/obj/*')
    [[ -n $file ]] || { echo "There is no ${name}Tests.cs any more: put the list in eng/mutate.sh right." >&2; exit 1; }
    echo "    <Compile Include=\"../../$file\" />"
  done
  echo '  </ItemGroup>'
  echo '</Project>'
} >"$work/PureCore.Tests.csproj"

dotnet tool restore
code=0
(cd "$work" && dotnet stryker --config-file ../../eng/stryker.json --output report --skip-version-check) 2>&1 | tee "$work/stryker.log" || code=$?

score=$(sed -nE 's/.*final mutation score is ([0-9.,]+) %.*/\1/p' "$work/stryker.log")
if [[ -z $score ]]; then
  echo "No score: Stryker broke off, see above." >&2
  exit "$((code == 0 ? 1 : code))"
fi
echo
awk -F'|' '$2 ~ /\.cs / && $3 !~ /N/ { gsub(/[\\ ]/, "", $2); printf "%-36s %6.2f %%, killed %d, survived %d, not covered %d\n", $2, $3, $4, $5, $7 }' \
  "$work"/report/reports/mutation-report.md
echo "Mutation score: $score % killed"
exit "$code"
