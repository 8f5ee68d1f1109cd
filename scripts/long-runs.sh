#!/usr/bin/env bash
# Runs the random comparisons of the tests for as long as they are given, on seeds that nobody has tried, and keeps account in .cache/long:
# what is done stands in NAME.done (a line for each piece: first seed, size, result), what differs in NAME.failed with its seed and the
# report. Ended and started again, it goes on where it was.
#   sequences   instruction sequences: interpreter, blocks or regions, and the processor (test/semantics/fuzz-run.ts); meant for 10,000,000
#   x87         operations of the x87's fast path against the integer path (test/runtime/x87-fast-path.test.ts); meant for 100,000,000
#   x87-loops   the same of translated code (test/translator/wasm/x87-loops.test.ts)
# usage: long-runs.sh sequences MINUTES [PROCESSES]
#        long-runs.sh x87|x87-loops MINUTES
#        long-runs.sh status
set -uo pipefail
cd "$(dirname "$0")/.."
account=.cache/long
mkdir -p "$account"

# Sequences or operations done so far, by name.
total() { awk '$3 == "passed" { n += $2 } END { print n + 0 }' "$account/$1.done" 2>/dev/null || echo 0; }
failures() { awk '$3 != "passed"' "$account/$1.done" 2>/dev/null | wc -l; }

case "${1-}" in
  status)
    for name in sequences x87 x87-loops; do echo "$name: $(total $name) done, $(failures $name) pieces with differences"; done
    exit ;;
  sequences | x87 | x87-loops) ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
name=$1 minutes=${2:?minutes} processes=${3:-1}
touch "$account/$name.done"

# The first seed of the latest piece; processes side by side do not end theirs in order.
last() { sort -n "$account/$name.done" | tail -n 1 | cut -d' ' -f1; }

if [ "$name" = sequences ]; then
  # the tests themselves have seeds 1 to 40; a seed makes 500 sequences. From the bundle, fixtures/ is where it is from test/semantics
  npx rolldown test/semantics/fuzz-run.ts --platform node -f esm -o .cache/long/fuzz-run.js >/dev/null || exit 1
  seed=$(last) seed=$((${seed:-1} + 40))
  trap 'kill $(jobs -p) 2>/dev/null' EXIT
  trap exit INT TERM
  for k in $(seq 0 $((processes - 1))); do
    node --max-semi-space-size=64 .cache/long/fuzz-run.js $((seed + 40 * k)) $((40 * processes)) "$minutes" "$account/$name" &
  done
  wait
  echo "$name: $(total "$name") done, $(failures "$name") pieces with differences"
  exit
fi
# so many operations a piece, in parts of which each test does as many: two precisions, 36 pairs of operations
size=10000000 parts=2 file=test/runtime/x87-fast-path.test.ts
[ "$name" = x87 ] || size=9000000 parts=36 file=test/translator/wasm/x87-loops.test.ts
end=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $end ]; do
  seed=$(last) seed=$((${seed:-0} + 1000003))
  output=$(JIT386_X87_OPERATIONS=$((size / parts)) JIT386_X87_SEED=$seed npx vitest run "$file" 2>&1)
  status=$?
  # stopped from outside: this piece does not count
  [ $status -lt 128 ] || exit $status
  if [ $status -eq 0 ]; then echo "$seed $size passed" >>"$account/$name.done"
  elif ! grep -q "AssertionError" <<<"$output"; then
    # not a difference: something is wrong with the checkout
    echo "$output" >&2
    exit 1
  else
    echo "$seed $size failed" >>"$account/$name.done"
    printf '== %s from seed %s\n%s\n' "$name" "$seed" "$output" >>"$account/$name.failed"
  fi
done
echo "$name: $(total "$name") done, $(failures "$name") pieces with differences"
