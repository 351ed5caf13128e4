#!/usr/bin/env bash
# Takes the pictures of the README anew: pages of the published console, filled by the main job, into docs/images. Needs the .NET
# SDK, Node 20, npm and a Chromium (LAGOCONSOLE_CHROMIUM names another one). Not part of eng/test.sh.
set -euo pipefail
exec </dev/null
source "$(dirname "${BASH_SOURCE[0]}")/lighthouse/console.sh"
node "$tool/pictures.mjs" "$address" "$chromium" "$root/docs/images"
