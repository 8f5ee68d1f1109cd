// Core files, core(5): an ELF file of type ET_CORE with notes about process and threads and the memory that is not in files, as fs/binfmt_elf.c of
// Linux writes it for a 32-bit x86 process. Where it goes: core_pattern, RLIMIT_CORE, the process's working directory. Loaded with the first core.

import { errnoName } from "../../errno.ts";
import { ERRNO_TEXT } from "../../errno-text.ts";
import { switchTo } from "../../process.ts";
import { O } from "../../fs/constants.ts";
import { kernelCaller } from "../../fs/access.ts";
import { openFile } from "../../fs/operations.ts";
import type { VmArea } from "../../mm.ts";
import type { PendingSignal } from "../../signal.ts";
import { pendingSet } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import type { Process, Thread } from "../../thread.ts";
import { EHDR_SIZE, PHDR_SIZE, PT } from "./elf.ts";
import { encodeSiginfo } from "./siginfo.ts";

const PAGE = 4096;
const ET_CORE = 4, EM_386 = 3;
const NT = { PRSTATUS: 1, FPREGSET: 2, PRPSINFO: 3, AUXV: 6, TLS: 0x200, FILE: 0x4649_4c45, PRXFPREG: 0x46e6_2b7f, SIGINFO: 0x5349_4749 } as const;
const PSARGS = 80;

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff);

function note(name: string, type: number, body: Uint8Array): Uint8Array {
  const padded = (n: number) => (n + 3) & ~3;
  const bytes = new Uint8Array(12 + padded(name.length + 1) + padded(body.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, name.length + 1, true);
  view.setUint32(4, body.length, true);
  view.setUint32(8, type, true);
  bytes.set(bytesOf(name), 12);
  bytes.set(body, 12 + padded(name.length + 1));
  return bytes;
}

/** struct elf_prstatus. */
function status(thread: Thread, signal: PendingSignal): Uint8Array {
  const { process, cpu } = thread;
  const view = new DataView(new ArrayBuffer(144));
  const put = (at: number, value: number) => view.setInt32(at, value, true);
  const time = (at: number, nanoseconds: number) => {
    put(at, Math.floor(nanoseconds / 1e9));
    put(at + 4, Math.floor((nanoseconds % 1e9) / 1000));
  };
  put(0, signal.signal);
  put(4, signal.code);
  view.setInt16(12, signal.signal, true);
  put(16, Number(pendingSet(thread) & 0xffff_ffffn));
  put(20, Number(thread.mask & 0xffff_ffffn));
  [thread.tid, process.parent?.pid ?? 1, process.pgid, process.sid].forEach((id, i) => put(24 + 4 * i, id));
  time(40, thread.cpuTime);
  time(56, process.childrenCpuTime);
  const { regs, selectors } = cpu;
  // ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss
  [regs[3], regs[1], regs[2], regs[6], regs[7], regs[5], regs[0], selectors[3], selectors[0], selectors[4], selectors[5], -1, cpu.eip, selectors[1], cpu.eflags(), regs[4], selectors[2]]
    .forEach((value, i) => put(72 + 4 * i, value));
  put(140, 1);
  return new Uint8Array(view.buffer);
}

/** struct elf_prpsinfo. */
function information(process: Process): Uint8Array {
  const bytes = new Uint8Array(124), view = new DataView(bytes.buffer);
  bytes[1] = 0x52; // R
  view.setInt8(3, process.nice);
  view.setUint16(8, process.credentials.uid, true);
  view.setUint16(10, process.credentials.gid, true);
  [process.pid, process.parent?.pid ?? 1, process.pgid, process.sid].forEach((id, i) => view.setInt32(12 + 4 * i, id, true));
  bytes.set(bytesOf((process.threads[0]?.name ?? "").slice(0, 15)), 28);
  bytes.set(bytesOf(process.args.join(" ").slice(0, PSARGS - 1)), 44);
  return bytes;
}

/** NT_FILE: which part of which file is mapped where. */
function files(areas: readonly VmArea[]): Uint8Array {
  const mapped = areas.filter((area) => area.file !== undefined);
  const names = mapped.map((area) => bytesOf(`${area.file?.name}\0`));
  const bytes = new Uint8Array(8 + 12 * mapped.length + names.reduce((sum, name) => sum + name.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mapped.length, true);
  view.setUint32(4, PAGE, true);
  mapped.forEach((area, i) => [area.start, area.end, Math.floor(area.offset / PAGE)].forEach((value, k) => view.setUint32(8 + 12 * i + 4 * k, value, true)));
  let at = 8 + 12 * mapped.length;
  for (const name of names) {
    bytes.set(name, at);
    at += name.length;
  }
  return bytes;
}

/** The descriptors for thread-local storage, as struct user_desc. */
function threadLocal(thread: Thread): Uint8Array {
  const { gdt, layout } = thread.cpu.tables;
  const bytes = new Uint8Array(48), view = new DataView(bytes.buffer);
  for (let i = 0; i < 3; i++) {
    const entry = layout.firstTls + i, low = gdt[2 * entry], high = gdt[2 * entry + 1];
    view.setUint32(16 * i, entry, true);
    view.setUint32(16 * i + 4, ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff00_0000)) >>> 0, true);
    view.setUint32(16 * i + 8, (low & 0xffff) | (high & 0xf_0000), true);
    const used = low !== 0 || high !== 0;
    const bits = ((high >>> 22) & 1) | (((high >>> 10) & 3) << 1) | ((high & 0x200 ? 0 : 1) << 3) | (((high >>> 23) & 1) << 4) | ((high & 0x8000 ? 0 : 1) << 5) | (((high >>> 20) & 1) << 6);
    view.setUint32(16 * i + 12, used ? bits : 0x28, true);
  }
  return bytes;
}

function threadNotes(thread: Thread, signal: PendingSignal, more: readonly Uint8Array[]): Uint8Array[] {
  switchTo(thread);
  const { cpu } = thread;
  const image = new DataView(new ArrayBuffer(512)), x87 = new DataView(new ArrayBuffer(108));
  cpu.vec.exportFxsave(image, 0);
  cpu.x87.save(x87, 0, true);
  cpu.x87.fxrstor(image, 0); // save has cleared it
  return [
    note("CORE", NT.PRSTATUS, status(thread, signal)), ...more, note("CORE", NT.FPREGSET, new Uint8Array(x87.buffer)), note("LINUX", NT.PRXFPREG, new Uint8Array(image.buffer)),
    note("LINUX", NT.TLS, threadLocal(thread)),
  ];
}

/** Pages that are read-only now have been written before: relocations. */
function changed(area: VmArea, thread: Thread): boolean {
  const page = new Uint8Array(PAGE);
  for (let at = area.start; at < area.end; at += PAGE) {
    const got = area.file?.pread(area.offset + at - area.start, page) ?? 0;
    if (got <= 0) return false;
    const now = thread.memory.subarray(at, got);
    for (let i = 0; i < got; i++) if (now[i] !== page[i]) return true;
  }
  return false;
}

/** How much of an area goes into the core: what no file has, and the headers of ELF files. */
function dumped(area: VmArea, thread: Thread): number {
  const { memory } = thread;
  if (area.prot === 0) return 0;
  if (area.file === undefined) return area.end - area.start;
  if (!area.shared && area.prot & 2) return area.end - area.start;
  if (!area.shared && changed(area, thread)) return area.end - area.start;
  return area.offset === 0 && memory.loadU32(area.start) === 0x464c_457f ? PAGE : 0;
}

/** Writes the pieces of a core one after another to `write`; it says how much it has taken. */
function writeCore(thread: Thread, signal: PendingSignal, write: (bytes: Uint8Array) => boolean): boolean {
  const { process, memory } = thread;
  const { areas } = process.mm;
  const common = [
    note("CORE", NT.PRPSINFO, information(process)), note("CORE", NT.SIGINFO, encodeSiginfo(signal)), note("CORE", NT.AUXV, process.auxv), note("CORE", NT.FILE, files(areas)),
  ];
  const notes = [...threadNotes(thread, signal, common), ...process.threads.filter((it) => it !== thread).flatMap((it) => threadNotes(it, signal, []))];
  switchTo(thread);
  const notesSize = notes.reduce((sum, it) => sum + it.length, 0);
  const headers = areas.length + 1;
  const notesAt = EHDR_SIZE + PHDR_SIZE * headers;
  const head = new Uint8Array(notesAt), view = new DataView(head.buffer);
  head.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, ET_CORE, true);
  view.setUint16(18, EM_386, true);
  view.setUint32(20, 1, true);
  view.setUint32(28, EHDR_SIZE, true);
  view.setUint16(40, EHDR_SIZE, true);
  view.setUint16(42, PHDR_SIZE, true);
  view.setUint16(44, headers, true);
  const header = (i: number, ...words: readonly number[]) => words.forEach((value, k) => view.setUint32(EHDR_SIZE + PHDR_SIZE * i + 4 * k, value, true));
  header(0, PT.NOTE, notesAt, 0, 0, notesSize, 0, 0, 4);
  const first = Math.ceil((notesAt + notesSize) / PAGE) * PAGE;
  let at = first;
  const sizes = areas.map((area) => dumped(area, thread));
  areas.forEach((area, i) => {
    const rights = (area.prot & 1 ? 4 : 0) | (area.prot & 2) | (area.prot & 4 ? 1 : 0);
    header(i + 1, PT.LOAD, at, area.start, 0, sizes[i], area.end - area.start, rights, PAGE);
    at += sizes[i];
  });
  if (!write(head) || !notes.every(write) || !write(new Uint8Array(first - notesAt - notesSize))) return false;
  return areas.every((area, i) => {
    for (let done = 0; done < sizes[i]; done += PAGE) if (!write(memory.subarray(area.start + done, PAGE))) return false;
    return true;
  });
}

/** The file name that a pattern gives, core(5). */
export function coreName(pattern: string, usesPid: boolean, thread: Thread, signal: number): string {
  const { process, kernel } = thread;
  const { uid, gid } = process.credentials;
  const base = process.exePath.slice(process.exePath.lastIndexOf("/") + 1);
  const values: Readonly<Record<string, string | number>> = {
    "%": "%", p: process.pid, P: process.pid, i: thread.tid, I: thread.tid, u: uid, g: gid, d: process.dumpable, s: signal, t: kernel.clock.realtime().seconds,
    c: process.limits[RLIMIT.CORE].soft === Infinity ? "18446744073709551615" : process.limits[RLIMIT.CORE].soft,
    h: kernel.hostname, e: thread.name.replaceAll("/", "!"), f: base, E: process.exePath.replaceAll("/", "!"),
  };
  const name = pattern.replaceAll(/%(.?)/g, (_all, letter: string) => String(values[letter] ?? ""));
  return usesPid && !/%p/.test(pattern) ? `${name}.${process.pid}` : name;
}

/** Writes the core of a process that a signal kills, where its pattern says; true when there is one. */
export function dumpCore(thread: Thread, signal: PendingSignal): boolean {
  const { process, kernel } = thread;
  const limit = process.limits[RLIMIT.CORE].soft;
  const { pattern, usesPid } = kernel.core;
  if (limit < PAGE || process.dumpable !== 1 || pattern === "" || pattern.startsWith("|")) return false;
  const name = coreName(pattern, usesPid, thread, signal.signal);
  const caller = kernelCaller(process.fs, process.files);
  const file = openFile(caller, process.fs.cwd, name, O.CREAT | O.WRONLY | O.TRUNC | O.NOFOLLOW | O.LARGEFILE | O.NONBLOCK, 0o600);
  if (typeof file === "number") {
    const reason = `${name}: ${ERRNO_TEXT[-file] ?? errnoName(-file)}`;
    kernel.log(`no core: ${reason}`);
    kernel.core.refused(reason);
    return false;
  }
  let at = 0;
  try {
    return file.mappable && writeCore(thread, signal, (bytes) => {
      const part = bytes.subarray(0, Math.min(bytes.length, limit - at));
      if (part.length === PAGE && part.every((byte) => byte === 0)) {
        at += PAGE; // a hole
        return true;
      }
      for (let done = 0; done < part.length; ) {
        const count = file.writeAt(at, part.subarray(done));
        if (count <= 0) return false;
        done += count;
        at += count;
      }
      return part.length === bytes.length;
    }) && file.truncate(at) === 0;
  } finally {
    file.unref();
  }
}
