// The stack a program starts with: strings, argument and environment pointers, auxiliary vector, getauxval(3), in the order of
// Linux's create_elf_tables.

import { PAGE, mapArea, pageUp } from "../../mm.ts";
import type { AddressSpace } from "../../mm.ts";
import { RLIMIT } from "../../thread.ts";
import type { Process } from "../../thread.ts";
import type { ExecRequest } from "../abi.ts";

const AT = {
  NULL: 0, PHDR: 3, PHENT: 4, PHNUM: 5, PAGESZ: 6, BASE: 7, FLAGS: 8, ENTRY: 9, UID: 11, EUID: 12, GID: 13, EGID: 14, PLATFORM: 15, HWCAP: 16,
  CLKTCK: 17, SECURE: 23, RANDOM: 25, HWCAP2: 26, EXECFN: 31, SYSINFO: 32, SYSINFO_EHDR: 33, MINSIGSTKSZ: 51,
} as const;

/** Room below the initial contents that is mapped at once; the stack grows further on demand, to RLIMIT_STACK. */
const PREMAPPED = 8 << 20;

export interface StackFacts {
  readonly executable: boolean;
  readonly entry: number;
  readonly phdr: number;
  readonly phnum: number;
  readonly base: number;
  readonly vdso: number;
  readonly vsyscall: number;
}

/** Maps and fills the stack; undefined when it does not fit. `pointer` is ESP at entry, 16-byte aligned, where argc stands. */
export function buildStack(process: Process, mm: AddressSpace, request: ExecRequest, facts: StackFacts): { pointer: number; auxv: Uint8Array } | undefined {
  const top = mm.taskSize;
  const { memory } = mm;
  const { credentials, kernel } = process;
  const strings = request.args.reduce((n, s) => n + s.length + 1, 0) + request.env.reduce((n, s) => n + s.length + 1, 0) + request.path.length + 1;
  const tables = 4 * (request.args.length + request.env.length + 64) + 256;
  const needed = pageUp(strings + tables) + 2 * PAGE;
  const limit = Math.min(process.limits[RLIMIT.STACK].soft, PREMAPPED);
  const size = pageUp(Math.max(limit, needed, 0x20000 + needed));
  if (mapArea(mm, top - size, size, facts.executable ? 7 : 3, { growsDown: true, name: "[stack]" }) < 0) return undefined;
  mm.stackTop = top;

  let at = top - 4;
  const pushString = (text: string): number => {
    at -= text.length + 1;
    const bytes = new Uint8Array(text.length + 1);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    memory.poke(at, bytes);
    return at;
  };
  const execfn = pushString(request.path);
  const env = request.env.toReversed().map(pushString).reverse();
  const args = request.args.toReversed().map(pushString).reverse();

  at -= at % 16;
  const platform = pushString("i686");
  const random = new Uint8Array(16);
  kernel.random(random);
  at -= 16;
  memory.poke(at, random);
  const randomAt = at;

  const auxv: number[] = [
    AT.SYSINFO, facts.vsyscall, AT.SYSINFO_EHDR, facts.vdso, AT.MINSIGSTKSZ, 2048, AT.HWCAP, kernel.cpu.hardwareCapabilities, AT.PAGESZ, PAGE, AT.CLKTCK, 100,
    AT.PHDR, facts.phdr, AT.PHENT, 32, AT.PHNUM, facts.phnum, AT.BASE, facts.base, AT.FLAGS, 0, AT.ENTRY, facts.entry,
    AT.UID, credentials.uid, AT.EUID, credentials.euid, AT.GID, credentials.gid, AT.EGID, credentials.egid, AT.SECURE, 0,
    AT.RANDOM, randomAt, AT.HWCAP2, 0, AT.EXECFN, execfn, AT.PLATFORM, platform, AT.NULL, 0,
  ];
  const words = [args.length, ...args, 0, ...env, 0, ...auxv];
  at -= 4 * words.length;
  at -= at % 16;
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word >>> 0, true));
  memory.poke(at, bytes);
  return { pointer: at, auxv: bytes.slice(4 * (words.length - auxv.length)) };
}
