// Loading an ELF program as Linux's fs/binfmt_elf.c does: segments, bss, interpreter, vDSO, brk. The initial stack is stack.ts.
//
// Layout, the same at every start: ET_EXEC where it asks to be; position-independent programs at 0x56555000; brk after the last
// segment; interpreter, vDSO and mmap area going down from 0xb8000000; the stack below 0xc0000000.

import { E } from "../../errno.ts";
import type { OpenFile } from "../../fs/file.ts";
import { mappableFile } from "../../mapfile.ts";
import { PAGE, createAddressSpace, findGap, isFree, mapArea, pageDown, pageUp } from "../../mm.ts";
import type { AddressSpace } from "../../mm.ts";
import { SIG } from "../../signal.ts";
import type { Process } from "../../thread.ts";
import type { ExecRequest, LoadedProgram } from "../abi.ts";
import { ET, PF, PT, parseHeader, readExactly, readInterpreterPath, readProgramHeaders, EHDR_SIZE } from "./elf.ts";
import type { ElfHeader, ProgramHeader } from "./elf.ts";
import { PERSONALITY } from "./calls-system.ts";
import { buildStack } from "./stack.ts";
import { buildVdso } from "./vdso.ts";

export const TASK_SIZE = 0xc000_0000;
const MMAP_BASE = 0xb800_0000;
const PIE_BASE = 0x5655_5000;

export interface Image {
  readonly file: OpenFile;
  readonly header: ElfHeader;
  readonly headers: readonly ProgramHeader[];
}

/** What went wrong after the old program is gone: the process gets SIGSEGV. */
class LoadFailure extends Error {}

/** Loads a program into a new address space, or returns a negative errno. */
export function loadElf(process: Process, request: ExecRequest): LoadedProgram | number {
  const header = parseHeader(request.header);
  if (!header || (header.type !== ET.EXEC && header.type !== ET.DYN) || !request.file.mappable) return -E.NOEXEC;
  const headers = readProgramHeaders(request.file, header);
  if (!headers) return -E.NOEXEC;
  const interpreterPath = readInterpreterPath(request.file, headers);
  if (typeof interpreterPath === "number") return interpreterPath;
  let interpreter: Image | undefined;
  if (interpreterPath !== undefined) {
    const opened = openInterpreter(request, interpreterPath);
    if (typeof opened === "number") return opened;
    interpreter = opened;
  }
  const identity = request.file.stat();
  const { file } = request, { kernel } = process;
  const name = typeof identity === "number" ? "" : kernel.nameProgram?.({ size: Number(identity.size), readAt: (offset, buffer) => file.readAt(offset, buffer) });
  const program = typeof identity === "number" ? "" : (name ?? `${identity.dev}:${identity.ino}`);
  const mm = createAddressSpace(TASK_SIZE, MMAP_BASE, program, kernel.bodies);
  try {
    return mapProgram(process, mm, { file: request.file, header, headers }, interpreter, request);
  } catch (e) {
    if (!(e instanceof LoadFailure)) throw e;
    return { mm, entry: 0, stackPointer: 0, auxv: new Uint8Array(0), fatalSignal: SIG.SEGV };
  } finally {
    interpreter?.file.unref();
  }
}

function openInterpreter(request: ExecRequest, path: string): Image | number {
  if (path === "") return -E.ACCES;
  const file = request.open(path);
  if (typeof file === "number") return file;
  const fail = (errno: number) => {
    file.unref();
    return errno;
  };
  const bytes = readExactly(file, 0, EHDR_SIZE);
  if (typeof bytes === "number") return fail(bytes);
  const header = parseHeader(bytes);
  if (!header) return fail(-E.LIBBAD);
  const headers = readProgramHeaders(file, header);
  if (!headers) return fail(-E.LIBBAD);
  return { file, header, headers };
}

function mapProgram(process: Process, mm: AddressSpace, program: Image, interpreter: Image | undefined, request: ExecRequest): LoadedProgram {
  const stackHeader = program.headers.findLast((h) => h.type === PT.GNU_STACK);
  const executableStack = !stackHeader || (stackHeader.flags & PF.X) !== 0;
  mm.readImpliesExec = !stackHeader || (process.personality & PERSONALITY.READ_IMPLIES_EXEC) !== 0;

  const dynamic = program.header.type === ET.DYN;
  const main = mapImage(process, mm, program, dynamic ? (interpreter ? PIE_BASE : undefined) : 0, true);
  mm.brkStart = pageUp(main.end);
  if (dynamic && !interpreter) mm.brkStart = PIE_BASE;
  if (mm.brkStart >= TASK_SIZE) throw new LoadFailure();
  mm.brk = mm.brkStart;
  let entry = program.header.entry + main.bias;
  let base = 0;
  if (interpreter) {
    if (interpreter.header.type !== ET.EXEC && interpreter.header.type !== ET.DYN) throw new LoadFailure();
    const mapped = mapImage(process, mm, interpreter, interpreter.header.type === ET.DYN ? undefined : 0, false);
    base = mapped.bias;
    entry = interpreter.header.entry + mapped.bias;
  }
  entry %= 2 ** 32;
  if (entry >= TASK_SIZE) throw new LoadFailure();

  const vdso = buildVdso();
  const vdsoAddress = findGap(mm, pageUp(vdso.bytes.length));
  mapArea(mm, vdsoAddress, pageUp(vdso.bytes.length), 5, { name: "[vdso]", mayWrite: true });
  mm.memory.poke(vdsoAddress, vdso.bytes);
  for (const [name, offset] of vdso.symbols) mm.symbols.set(name, vdsoAddress + offset);

  const first = program.headers.find((h) => h.type === PT.LOAD && h.offset <= program.header.phoff && program.header.phoff < h.offset + h.filesz);
  const phdr = first ? (program.header.phoff - first.offset + first.vaddr + main.bias) % 2 ** 32 : 0;
  const stack = buildStack(process, mm, request, {
    executable: executableStack, entry: (program.header.entry + main.bias) % 2 ** 32, phdr, phnum: program.header.phnum, base, vdso: vdsoAddress,
    vsyscall: mm.symbols.get("__kernel_vsyscall") ?? 0,
  });
  if (!stack) throw new LoadFailure();
  return { mm, entry, stackPointer: stack.pointer, auxv: stack.auxv, fatalSignal: 0 };
}

interface Mapped {
  /** Added to the addresses in the file. */
  readonly bias: number;
  /** End of the last segment's memory. */
  readonly end: number;
}

const protOf = (flags: number) => (flags & PF.R ? 1 : 0) | (flags & PF.W ? 2 : 0) | (flags & PF.X ? 4 : 0);

/**
 * Maps the PT_LOAD segments. `base` is where an address of 0 goes; undefined lets the kernel choose. The first segment of a program
 * (`checked`) with fixed addresses must find its place free; an interpreter's, and later ones, replace what is there.
 */
function mapImage(process: Process, mm: AddressSpace, image: Image, base: number | undefined, checked: boolean): Mapped {
  const segments = image.headers.filter((h) => h.type === PT.LOAD);
  const dynamic = image.header.type === ET.DYN;
  let bias = 0;
  if (dynamic) {
    if (segments.length === 0) throw new LoadFailure();
    const low = Math.min(...segments.map((s) => pageDown(s.vaddr)));
    const high = Math.max(...segments.map((s) => s.vaddr + s.memsz));
    if (high <= low) throw new LoadFailure();
    const alignment = Math.max(PAGE, ...segments.map((s) => s.align).filter((a) => a > 0 && (a & (a - 1)) === 0 && a <= 0x4000_0000));
    const gap = base ?? findGap(mm, pageUp(high - low) + (alignment > PAGE ? alignment : 0));
    if (gap < 0) throw new LoadFailure();
    const aligned = base === undefined ? Math.ceil(gap / alignment) * alignment : gap - (gap % alignment);
    bias = base === undefined ? aligned - low : aligned - pageDown(segments[0].vaddr);
  }
  let end = 0;
  segments.forEach((segment, index) => {
    end = Math.max(end, mapSegment(process, mm, image.file, segment, bias, checked && index === 0 && !dynamic));
  });
  return { bias, end };
}

/** Maps one PT_LOAD: its pages from the file, then zeros to the end of its memory. Returns that end. */
function mapSegment(process: Process, mm: AddressSpace, file: OpenFile, s: ProgramHeader, bias: number, mustBeFree: boolean): number {
  const address = s.vaddr + bias;
  if (address < 0 || address >= TASK_SIZE || s.filesz > s.memsz || s.memsz > TASK_SIZE || TASK_SIZE - s.memsz < address) throw new LoadFailure();
  let prot = protOf(s.flags);
  if (mm.readImpliesExec && prot & 1) prot |= 4;
  const start = pageDown(address);
  const shift = address - start;
  const fileEnd = address + s.filesz, memoryEnd = address + s.memsz;
  let mapped = start;
  if (s.filesz > 0 || shift > 0) {
    const length = pageUp(s.filesz + shift);
    const offset = s.offset - shift;
    if (offset < 0 || offset % PAGE !== 0 || length === 0) throw new LoadFailure();
    if (start < 0x10000 && process.credentials.euid !== 0) throw new LoadFailure();
    if (mustBeFree && !isFree(mm, start, start + length)) throw new LoadFailure();
    if (mapArea(mm, start, length, prot, { file: mappableFile(process.kernel, file, process.fs), offset }) < 0) throw new LoadFailure();
    mapped = start + length;
    if (s.memsz > s.filesz) {
      // The rest of the last page is bss: of a writable segment it must be there (not past the end of the file). Others keep
      // what the file has behind the segment.
      const rest = pageUp(fileEnd) - fileEnd;
      if (rest > 0 && mm.memory.canWrite(fileEnd, rest)) mm.memory.poke(fileEnd, new Uint8Array(rest));
      else if (rest > 0 && prot & 2) throw new LoadFailure();
    }
  }
  const top = pageUp(memoryEnd);
  if (top > mapped && mapArea(mm, mapped, top - mapped, prot, {}) < 0) throw new LoadFailure();
  return memoryEnd;
}

