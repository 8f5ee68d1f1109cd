// Calls with odd arguments (fixtures/calls): error for error what a machine's kernel answered, but for what is listed here. The larger fuzzer, which
// asks for survival only, is fuzz-calls.test.ts.
import fs from "node:fs";
import { expect, test } from "vitest";
import { run } from "../../src/core.ts";

const folder = new URL("../../fixtures/calls/", import.meta.url);

/** Where we answer something else: the call, or the call with what its line has to contain, and why. */
const DIFFERENT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/ (read|recvfrom|pread64)\(/, "the buffer is looked at before the file: a bad one is EFAULT where Linux would wait or be at the end"],
  [/ (write|pwrite64)\((8|14)/, "a file that cannot be written says EINVAL before the buffer is looked at"],
  [/ _newselect\(/, "all three sets are read before any descriptor is looked up"],
  [/ lseek\(4, -1, 3\)/, "SEEK_DATA in a directory"],
  [/ (rename|renameat2)\(/, "a name too long is told before the other path is walked, a bad pointer before either"],
  [/ ioctl\(8/, "epoll has calls of its own since Linux 6.9, and EINVAL for all others"],
  [/ fchmod\([578]/, "the mode of pipes and anonymous files"],
  [/ flock\(12, -1\)/, "LOCK_MAND was taken and ignored"],
  [/ memfd_create\(.*, [45]\)/, "MFD_HUGETLB: no huge pages"],
  [/ sendfile64\(/, "the order of errors of two bad descriptors"],
  [/ (mmap2|mremap|madvise|mincore|mlock|munlock)\(/, "lengths that wrap around 32 bits do not in a 64-bit kernel, and pages are counted before addresses are checked"],
  [/ clock_get(time|res)\([89]/, "clocks that wake a machine, which not every machine has"],
  [/ sched_get_priority_max\(7\)/, "SCHED_EXT came with Linux 6.12"],
  [/ getgroups32\(/, "the process that was recorded had no further groups"],
  [/ futex\(high, 131/, "an address of the upper half is an address to a 64-bit kernel"],
  [/ setsockopt\((-2147483648, 1|10, 4)/, "the length, or the value, is looked at before the descriptor and the level"],
];

test("odd arguments, error for error", { timeout: 120_000 }, async () => {
  const result = await run({ program: new Uint8Array(fs.readFileSync(new URL("wild", folder))), args: ["wild", "386", "20"], cwd: "/tmp", uid: 0, gid: 0, seed: 1 });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd().split("\n");
  expect(result.status).toBe(0);
  const ours = text(result.stdout), theirs = fs.readFileSync(new URL("expected.txt", folder), "utf8").trimEnd().split("\n");
  const call = (line: string) => line.slice(0, line.lastIndexOf(" = "));
  expect(ours.map(call)).toEqual(theirs.map(call));
  const different = ours.flatMap((line, i) => (line === theirs[i] ? [] : [`${line} and not${theirs[i].slice(call(line).length + 2)}`]));
  expect(different.filter((line) => !DIFFERENT.some(([pattern]) => pattern.test(line)))).toEqual([]);
  expect(different.length).toBeLessThan(100);
});
