// docs/syscalls.md is made from the declarations of the system calls: npm run syscalls writes it, this test compares.
import { expect, test } from "vitest";
import { allCalls } from "../../src/kernel/abi/linux-i386/table.ts";
import type { Argument, Level, SystemCall } from "../../src/kernel/abi/syscall.ts";

const MEANING: Record<Level, string> = {
  full: "behaves as on Linux",
  partial: "the note says what is missing",
  stub: "accepted, without an effect that matters",
  absent: "known, answers ENOSYS quietly, as on a kernel built without it",
};

const argument = (it: Argument): string => (it.type === "" ? it.name : `${it.type} ${it.name}`);

function page(calls: readonly SystemCall[]): string {
  const lines = [
    "# System calls of Linux i386",
    "",
    "Made from the declarations in `src/kernel/abi/linux-i386` by `npm run syscalls`. A number that is not listed answers ENOSYS and is",
    "reported once.",
    "",
    "| level | meaning | calls |",
    "| --- | --- | ---: |",
    ...(Object.keys(MEANING) as Level[]).map((level) => `| ${level} | ${MEANING[level]} | ${calls.filter((it) => it.level === level).length} |`),
    "",
    "| number | call | arguments | level | note |",
    "| ---: | --- | --- | --- | --- |",
    ...calls.map((it) => `| ${it.number} | ${it.name} | ${it.args.map(argument).join(", ")} | ${it.level} | ${it.note} |`),
  ];
  return `${lines.join("\n")}\n`;
}

const calls = allCalls().filter((it) => it !== undefined);

test("each call stands at its own number and has a name of its own", () => {
  expect(calls.length).toBeGreaterThan(100);
  expect(allCalls().flatMap((it, number) => (it && it.number !== number ? [it.name] : []))).toEqual([]);
  expect(new Set(calls.map((it) => it.name)).size).toBe(calls.length);
});

test("what is not complete says what is missing", () => {
  expect(calls.filter((it) => it.level === "partial" && it.note === "").map((it) => it.name)).toEqual([]);
});

test("docs/syscalls.md is up to date (npm run syscalls)", async () => {
  await expect(page(calls)).toMatchFileSnapshot("../../docs/syscalls.md");
});
