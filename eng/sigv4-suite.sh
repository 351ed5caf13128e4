#!/usr/bin/env bash
# Signs the 34 requests of AWS's general Signature Version 4 suite with the console's signer. The suite is not part of this
# repository: it is read from ../shared/reference/marketplaces, or from the file given as argument. Needs the .NET SDK. Not part of
# eng/test.sh.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
suite="$(realpath "${1:-$root/../shared/reference/marketplaces/aws-sigv4-test-suite.json}")"
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_TELEMETRY_OPTOUT=1

dotnet build "$root/eng/sigv4-suite" --nologo --verbosity quiet
dotnet run --project "$root/eng/sigv4-suite" --no-build -- "$suite"
