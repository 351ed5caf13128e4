#!/usr/bin/env bash
# Measures with Lighthouse (npm) how fast and how well the published console comes up: Overview and Records, signed in, with data in
# them, an empty cache, the desktop preset, the middle of three runs. Prints one table with the scores, requests and bytes;
# artifacts/lighthouse has the reports. Ends with 1 where a score is below 95. Needs the .NET SDK, Node 20, npm and a Chromium
# (LAGOCONSOLE_CHROMIUM names another one). Other work on the machine lowers the first score. Not part of eng/test.sh.
set -euo pipefail
exec </dev/null
source "$(dirname "${BASH_SOURCE[0]}")/lighthouse/console.sh"
node "$tool/measure.mjs" "$address" "$chromium" "$root/artifacts/lighthouse"
