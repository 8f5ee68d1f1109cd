#!/usr/bin/env bash
# Runs busybox's own test suite with a Debian root's busybox-static, natively (chroot, needs root rights) and in jit386, and shows where
# the two differ; docs/busybox-suite.md has what came of it. SOURCE is the unpacked Debian source package of the same version (apt-get
# source busybox). ROOT: scripts/debian-root.sh ROOT busybox-static dash coreutils grep sed diffutils gzip bzip2 xz-utils tar cpio
# usage: busybox-suite.sh ROOT SOURCE [APPLET...]     (without applets: all but bc, whose tests of numbers take an hour)
# JIT386_SUITE_RESULTS=DIR keeps the lists of both runs there. The status is 1 when they differ.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
root=$(cd "$1" && pwd) source=$(cd "$2" && pwd); shift 2
cli=$(cd "$(dirname "$0")/.." && pwd)/dist/cli/main.js
for it in "$root/bin/sh" "$root/bin/busybox" "$source/testsuite/runtest" "$source/debian/config/pkg/static" "$cli"; do
  [ -e "$it" ] || { echo "busybox-suite.sh: $it is missing" >&2; exit 2; }
done
work=$(mktemp -d "$root/tmp/suite-XXXXXX")
trap 'rm -rf "$work"' EXIT
applets=${*:-$("$root/bin/busybox" --list | grep -vx bc | tr '\n' ' ')}
for way in native guest; do
  mkdir "$work/$way"
  cp -r "$source/testsuite" "$work/$way/"
  cp "$root/bin/busybox" "$work/$way/"
  cat "$source/debian/config/pkg/static" "$source/debian/config/os/linux" >"$work/$way/.config"
done
# the suite's own echo would have to be compiled
run() {
  local way=$1; shift
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SHELL=/bin/sh LANG=C.UTF-8 ECHO="busybox echo" SKIP_INTERNET_TESTS=1 SKIP_KNOWN_BUGS=1 \
    "$@" /bin/sh -c "cd ${work#"$root"}/$way/testsuite && sh ./runtest $applets" 2>"$work/$way.err" </dev/null | grep -aE '^(PASS|FAIL|SKIPPED|UNTESTED):' >"$work/$way.txt" || true
  echo "$way: $(grep -ac ^PASS "$work/$way.txt") passed, $(grep -ac ^FAIL "$work/$way.txt") failed"
  [ -z "${JIT386_SUITE_RESULTS-}" ] || { mkdir -p "$JIT386_SUITE_RESULTS"; cp "$work/$way.txt" "$work/$way.err" "$JIT386_SUITE_RESULTS/"; }
  [ -s "$work/$way.txt" ] || { echo "busybox-suite.sh: no test has run:" >&2; head -n 20 "$work/$way.err" >&2; exit 2; }
}
run native chroot "$root"
run guest "$(command -v node)" "$cli" --root "$root"
diff "$work/native.txt" "$work/guest.txt" && echo "no differences"
