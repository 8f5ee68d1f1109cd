#!/usr/bin/env bash
# Runs the random comparisons of the tests for as long as they are given, on seeds that nobody has tried, and keeps account in .cache/long:
# what is done stands in NAME.done (a line for each piece: first seed, size, result), what differs in NAME.failed with its seed and the
# report. Ended and started again, it goes on where it was.
#   sequences   instruction sequences: interpreter, blocks or regions, and the processor (test/semantics/fuzz.test.ts); meant for 10,000,000
#   x87         operations of the x87's fast path against the integer path (test/runtime/x87-fast-path.test.ts); meant for 100,000,000
# usage: long-runs.sh sequences|x87 MINUTES
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
    for name in sequences x87; do echo "$name: $(total $name) done, $(failures $name) pieces with differences"; done
    exit ;;
  sequences) size=20000 ;;
  x87) size=10000000 ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
name=$1 end=$((SECONDS + ${2:?minutes} * 60))
touch "$account/$name.done"
while [ $SECONDS -lt $end ]; do
  last=$(tail -n 1 "$account/$name.done" | cut -d' ' -f1)
  if [ "$name" = sequences ]; then
    # the tests themselves have seeds 1 to 40; a seed makes 500 sequences
    seed=$((${last:-1} + 40))
    output=$(JIT386_FUZZ=$size JIT386_FUZZ_SEED=$seed npx vitest run test/semantics/fuzz.test.ts 2>&1)
  else
    seed=$((${last:-0} + 1000003))
    output=$(JIT386_X87_OPERATIONS=$((size / 2)) JIT386_X87_SEED=$seed npx vitest run test/runtime/x87-fast-path.test.ts 2>&1)
  fi
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
