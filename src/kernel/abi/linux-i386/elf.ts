// ELF for i386, elf(5): constants, and reading headers the way Linux's binfmt_elf does, with its errors. Mapping is loader.ts.

import { E } from "../../errno.ts";
import type { OpenFile } from "../../fs/file.ts";

export const ET = { EXEC: 2, DYN: 3 } as const;
export const PT = { LOAD: 1, DYNAMIC: 2, INTERP: 3, NOTE: 4, PHDR: 6, TLS: 7, GNU_EH_FRAME: 0x6474e550, GNU_STACK: 0x6474e551 } as const;
export const PF = { X: 1, W: 2, R: 4 } as const;
const EM_386 = 3;
const EM_486 = 6;
export const EHDR_SIZE = 52;
export const PHDR_SIZE = 32;
const MAX_PROGRAM_HEADERS = 65536;
const PATH_MAX = 4096;

export interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
  readonly flags: number;
  readonly align: number;
}

export interface ElfHeader {
  readonly type: number;
  readonly entry: number;
  readonly phoff: number;
  readonly phentsize: number;
  readonly phnum: number;
}

/** The ELF magic. Class and byte order are not looked at, as Linux does not: the machine decides. */
export function isElf(header: Uint8Array): boolean {
  return header.length >= 4 && header[0] === 0x7f && header[1] === 0x45 && header[2] === 0x4c && header[3] === 0x46;
}

/** The header of an i386 program or shared object; undefined for anything else. A header shorter than the structure reads as zeros. */
export function parseHeader(bytes: Uint8Array): ElfHeader | undefined {
  if (!isElf(bytes)) return undefined;
  const padded = new Uint8Array(EHDR_SIZE);
  padded.set(bytes.subarray(0, EHDR_SIZE));
  const view = new DataView(padded.buffer);
  const machine = view.getUint16(18, true);
  if (machine !== EM_386 && machine !== EM_486) return undefined;
  return {
    type: view.getUint16(16, true), entry: view.getUint32(24, true), phoff: view.getUint32(28, true), phentsize: view.getUint16(42, true),
    phnum: view.getUint16(44, true),
  };
}

/** Reads exactly `length` bytes: -EIO when the file is shorter (elf_read). */
export function readExactly(file: OpenFile, offset: number, length: number): Uint8Array | number {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = file.readAt(offset + done, done === 0 ? bytes : bytes.subarray(done));
    if (got < 0) return got;
    if (got === 0) return -E.IO;
    done += got;
  }
  return bytes;
}

/** The program headers, or undefined when the table is malformed (Linux then says ENOEXEC, or ELIBBAD for an interpreter). */
export function readProgramHeaders(file: OpenFile, header: ElfHeader): ProgramHeader[] | undefined {
  const size = header.phnum * PHDR_SIZE;
  if (header.phentsize !== PHDR_SIZE || size === 0 || size > MAX_PROGRAM_HEADERS) return undefined;
  const bytes = readExactly(file, header.phoff, size);
  if (typeof bytes === "number") return undefined;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: header.phnum }, (_, i) => {
    const word = (n: number) => view.getUint32(i * PHDR_SIZE + n * 4, true);
    return { type: word(0), offset: word(1), vaddr: word(2), filesz: word(4), memsz: word(5), flags: word(6), align: word(7) };
  });
}

/** The path in PT_INTERP, undefined when there is none, or a negative errno. */
export function readInterpreterPath(file: OpenFile, headers: readonly ProgramHeader[]): string | undefined | number {
  const entry = headers.find((h) => h.type === PT.INTERP);
  if (!entry) return undefined;
  if (entry.filesz > PATH_MAX || entry.filesz < 2) return -E.NOEXEC;
  const bytes = readExactly(file, entry.offset, entry.filesz);
  if (typeof bytes === "number") return bytes;
  if (bytes[bytes.length - 1] !== 0) return -E.NOEXEC;
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}
