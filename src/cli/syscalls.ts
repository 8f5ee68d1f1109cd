// --syscalls: the table of system calls with their level of support, as docs/syscalls.md has it, for a terminal.

import type { Level, SystemCall } from "../kernel/abi/syscall.ts";

const LEVELS: readonly Level[] = ["full", "partial", "stub", "absent"];

/** One line a call, and a line of counts. */
export function formatSyscalls(table: readonly (SystemCall | undefined)[]): string {
  const calls = table.filter((call) => call !== undefined);
  const width = Math.max(...calls.map((call) => call.name.length));
  const lines = calls.map((call) => `${String(call.number).padStart(3)} ${call.name.padEnd(width)} ${call.level.padEnd(7)} ${call.note}`.trimEnd());
  const counts = LEVELS.map((level) => `${calls.filter((call) => call.level === level).length} ${level}`);
  return `${lines.join("\n")}\n${calls.length} calls: ${counts.join(", ")}\n`;
}
