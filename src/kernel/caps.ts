// Caps on what all processes together may use (--memory, --max-processes, --max-files), and the limits of getrlimit(2) that need a look
// at more than one process. A cap that holds says so once.

import { E } from "./errno.ts";
import { PROT } from "./mm.ts";
import type { AddressSpace } from "./mm.ts";
import { RLIMIT } from "./thread.ts";
import type { Kernel, Process } from "./thread.ts";

export interface Caps {
  /** Bytes of memory that programs can write to; threads and processes; open files. Infinity: no cap. */
  readonly memory: number;
  readonly processes: number;
  readonly files: number;
  /** Tells the person. */
  readonly say: (line: string) => void;
}

function refuse(kernel: Kernel, option: string, what: string): void {
  if (kernel.reported.has(option)) return;
  kernel.reported.add(option);
  kernel.caps?.say(`${option} is reached: ${what}`);
}

/** A process may get one more thread or child: 0, or -EAGAIN. */
export function mayFork(process: Process): number {
  const { kernel, credentials } = process;
  const { caps } = kernel;
  if (caps && kernel.threads.size >= caps.processes) {
    refuse(kernel, `--max-processes=${caps.processes}`, "no more processes and threads");
    return -E.AGAIN;
  }
  const limit = process.limits[RLIMIT.NPROC].soft;
  if (limit === Infinity || credentials.uid === 0) return 0;
  let count = 0;
  for (const thread of kernel.threads.values()) if (thread.process.credentials.uid === credentials.uid) count++;
  return count >= limit ? -E.AGAIN : 0;
}

/** Memory that is a process's own to write: what the host has to keep. */
export function dataSize(mm: AddressSpace): number {
  let total = 0;
  for (const area of mm.areas) if (area.prot & PROT.WRITE && !area.shared) total += area.end - area.start;
  return total;
}

/** The process may get so many more bytes of memory. */
export function mayCommit(process: Process, bytes: number): boolean {
  const { kernel } = process;
  const { caps } = kernel;
  if (!caps || caps.memory === Infinity || bytes <= 0) return true;
  let total = bytes;
  for (const mm of new Set([...kernel.processes.values()].map((it) => it.mm))) {
    for (const area of mm.areas) if (area.prot & PROT.WRITE && !area.file) total += area.end - area.start;
  }
  if (total <= caps.memory) return true;
  refuse(kernel, `--memory=${caps.memory}`, "no more memory");
  return false;
}

/** One more file may be opened: 0, or -ENFILE. */
export function mayOpen(kernel: Kernel): number {
  const { caps } = kernel;
  if (!caps || caps.files === Infinity) return 0;
  const open = new Set<object>();
  for (const table of new Set([...kernel.processes.values()].map((process) => process.files))) for (const slot of table.slots) if (slot) open.add(slot.file);
  if (open.size < caps.files) return 0;
  refuse(kernel, `--max-files=${caps.files}`, "no more open files");
  return -E.NFILE;
}
