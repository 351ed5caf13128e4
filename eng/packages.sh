#!/usr/bin/env bash
# Prints what the published console is made of beside .NET itself: each package, its version and its licence, as its own
# author declares it. Needs jq and a restore. Kept as docs/packages.md: eng/packages.sh > docs/packages.md
set -euo pipefail
cd "$(dirname "$0")/.."

readonly store=${NUGET_PACKAGES:-$HOME/.nuget/packages}

# Global references are analyzers: they read the code and are no part of what it becomes.
analyzers=$(sed -nE 's/.*<GlobalPackageReference Include="([^"]+)".*/\1/p' Directory.Packages.props | jq -R . | jq -sc .)

licence() {
  local nuspec=$store/${1,,}/$2/${1,,}.nuspec declared
  [[ -f $nuspec ]] || { echo "$1 $2 is not in $store: run dotnet restore." >&2; return 1; }
  declared=$(tr -d '\r\n' <"$nuspec" | grep -oE '<license [^>]*>[^<]*' || true)
  if [[ $declared == *expression* ]]; then
    echo "${declared#*>}"
  elif [[ -n $declared ]]; then
    echo "in the package's file ${declared#*>}"
  else
    tr -d '\r\n' <"$nuspec" | grep -oE '<licenseUrl>[^<]*' | sed 's/<licenseUrl>//' || echo "not declared"
  fi
}

cat <<'HEAD'
# Packages

What the published console is made of beside .NET itself, direct and transitive, with the licence that each package declares. Printed by `eng/packages.sh`; a test fails where it differs from `LagoConsole/packages.lock.json`.

| package | version | licence |
| --- | --- | --- |
HEAD
jq -r --argjson analyzers "$analyzers" \
  '.dependencies[] | to_entries[] | select(.value.type != "Project" and (.key as $key | $analyzers | index($key) | not)) | "\(.key) \(.value.resolved)"' \
  LagoConsole/packages.lock.json | LC_ALL=C sort -fu | while read -r package version; do
  printf '| %s | %s | %s |\n' "$package" "$version" "$(licence "$package" "$version")"
done
