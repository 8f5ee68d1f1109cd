// All system calls of linux-i386 by number. Those that the C library makes before a program begins are at hand; the others are gathered when
// one of them is first made (other-calls.ts), so that the build can load them as late as that.

import type { SystemCall } from "../syscall.ts";
import { credentialCalls } from "./calls-credentials.ts";
import { linkCalls } from "./calls-link.ts";
import { memoryCalls } from "./calls-mm.ts";
import { processCalls } from "./calls-process.ts";
import { systemCalls } from "./calls-system.ts";
import { threadCalls } from "./calls-thread.ts";
import { otherCalls } from "./other-calls.ts";

const table: (SystemCall | undefined)[] = [];
let complete = false;

function add(lists: readonly (readonly SystemCall[])[]): void {
  for (const list of lists) {
    for (const declared of list) {
      const other = table[declared.number];
      if (other) throw new Error(`system call ${declared.number} is declared twice: ${other.name}, ${declared.name}`);
      table[declared.number] = declared;
    }
  }
}

add([credentialCalls, linkCalls, memoryCalls, processCalls, threadCalls, systemCalls]);

/** Every system call, by number. */
export function allCalls(): readonly (SystemCall | undefined)[] {
  if (!complete) {
    complete = true;
    add(otherCalls());
  }
  return table;
}

export function callOf(number: number): SystemCall | undefined {
  return table[number] ?? (complete ? undefined : allCalls()[number]);
}
