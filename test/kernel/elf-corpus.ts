// Malformed and unusual ELF files, made from one small program by changing one thing at a time. Each is a file that execve gets and
// the files beside it that it names. What Linux does with each is recorded in fixtures/elf/expected.txt.
import { BASE, BODY, exitCode, makeElf } from "../support/elf.ts";
import type { ElfParts, Segment } from "../support/elf.ts";

export interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Further files by name, in the directory of the program. */
  readonly beside: Readonly<Record<string, Uint8Array>>;
}

const CODE = Uint8Array.from(exitCode(7));
const STACK: Segment = { type: 0x6474e551, offset: 0, vaddr: 0, filesz: 0, memsz: 0, flags: 6 };
const LOAD: Segment = { offset: 0, vaddr: BASE, filesz: BODY + CODE.length, memsz: 0x2000, flags: 7 };
const elf = (parts: ElfParts) => makeElf({ body: CODE, segments: [LOAD, STACK], bodyOffset: 0x200, ...parts });
const at200 = { entry: BASE + 0x200 };
const LOAD200: Segment = { ...LOAD, filesz: 0x200 + CODE.length };

/** A good static program with changes. */
function good(parts: ElfParts = {}): Uint8Array {
  return makeElf({ body: CODE, bodyOffset: 0x200, segments: [LOAD200, STACK], ...parts, header: { ...at200, ...parts.header } });
}

const load = (changes: Partial<Segment>): Uint8Array => good({ segments: [{ ...LOAD200, ...changes }, STACK] });

/** The interpreter: an ET_DYN image that exits with 9. */
function interpreter(parts: ElfParts = {}): Uint8Array {
  const body = Uint8Array.from(exitCode(9));
  return makeElf({ body, bodyOffset: 0x200, segments: [{ offset: 0, vaddr: 0, filesz: 0x200 + body.length, memsz: 0x1000, flags: 5 }], ...parts, header: { type: 3, entry: 0x200, ...parts.header } });
}

/** A program with PT_INTERP; the path lies at 0x300. */
function withInterpreter(path: string, changes: Partial<Segment> = {}, terminated = true): Uint8Array {
  const text = new TextEncoder().encode(terminated ? `${path}\0` : path);
  const body = new Uint8Array(0x100 + text.length);
  body.set(CODE);
  body.set(text, 0x100);
  const interp: Segment = { type: 3, offset: 0x300, vaddr: BASE + 0x300, filesz: text.length, memsz: text.length, flags: 4, align: 1, ...changes };
  return good({ body, segments: [interp, { ...LOAD200, filesz: 0x200 + body.length, memsz: 0x4000 }, STACK] });
}

/** The corpus; `home` says in which directory the program of each case will lie. */
export function corpus(home: (index: number) => string): Case[] {
  const cases: Case[] = [];
  const add = (name: string, bytes: Uint8Array, beside: Record<string, Uint8Array> = {}) => cases.push({ name, bytes, beside });
  const header = (name: string, fields: NonNullable<ElfParts["header"]>) => add(name, good({ header: fields }));

  add("good", good());
  for (const value of [0, 2]) header(`class ${value}`, { class: value });
  for (const value of [0, 2]) header(`data ${value}`, { data: value });
  for (const value of [0, 1, 4, 5, 0xff00, 0xffff]) header(`type ${value}`, { type: value });
  for (const value of [0, 2, 6, 8, 40, 0x103, 0xffff]) header(`machine ${value}`, { machine: value });
  for (const value of [0, 2]) header(`version ${value}`, { version: value });
  for (const value of [0, BASE - 1, BASE + 0x1ff0, BASE + 0x5000, 0x10]) header(`entry ${value.toString(16)}`, { entry: value });
  for (const value of [0, 1, 51, 53, 0x1000, 0x7fffffff, 0x80000000, 0xffffffe0, 0xffffffff]) header(`phoff ${value.toString(16)}`, { phoff: value });
  for (const value of [0, 1, 31, 33, 56, 64, 0xffff]) header(`phentsize ${value}`, { phentsize: value });
  for (const value of [0, 1, 3, 4, 100, 2047, 2048, 2049, 0xffff]) header(`phnum ${value}`, { phnum: value });
  for (const value of [0, 51, 64]) header(`ehsize ${value}`, { ehsize: value });
  for (const length of [0, 1, 2, 3, 4, 7, 16, 17, 18, 19, 20, 23, 28, 31, 42, 44, 45, 51, 52, 53, 83, 84, 115, 116, 117, 0x1ff, 0x200, 0x205]) add(`length ${length}`, good({ length }));
  add("zeros", new Uint8Array(4096));
  add("magic only", makeElf({ length: 4 }));
  add("wrong magic", Uint8Array.from(good(), (byte, i) => (i === 3 ? 0x47 : byte)));

  const s = (name: string, changes: Partial<Segment>) => add(`load: ${name}`, load(changes));
  s("file larger than memory", { filesz: 0x1000, memsz: 0xfff });
  s("file larger than memory by one", { filesz: 0x20c, memsz: 0x20b });
  s("memory of the file's size", { memsz: 0x20c });
  s("empty", { filesz: 0, memsz: 0 });
  s("only bss", { filesz: 0 });
  s("file size past the end of the file", { filesz: 0x1000 });
  s("pages past the end of the file", { filesz: 0x3000, memsz: 0x3000 });
  s("offset and address out of step", { offset: 4 });
  s("offset past the end of the file", { offset: 0x5000 });
  s("offset at the end of 32 bits", { offset: 0xfffff000 });
  s("offset near the end of 32 bits, in step", { offset: 0xfffff000, vaddr: 0x08000000 });
  s("unaligned, in step", { offset: 0x200, vaddr: BASE + 0x200, filesz: CODE.length });
  s("address 0", { vaddr: 0 });
  s("address below a page, out of step", { vaddr: 0x10 });
  for (const memsz of [0x7fffffff, 0x80000000, 0xb0000000, 0xfffff000, 0xffffffff]) s(`memory of ${memsz.toString(16)}`, { memsz });
  for (const filesz of [0x7fffffff, 0xffffffff]) s(`file size ${filesz.toString(16)}`, { filesz, memsz: filesz });
  for (const vaddr of [0xfffff000, 0xffffe000]) s(`address ${vaddr.toString(16)}`, { vaddr });
  for (const flags of [0, 1, 2, 3, 4, 5, 6, 0xffffffff]) s(`flags ${flags.toString(16)}`, { flags });
  for (const flags of [1, 4, 5]) s(`flags ${flags} without bss`, { flags, memsz: 0x20c });
  for (const align of [0, 1, 3, 0x2000, 0x10000, 0x40000000, 0xffffffff]) s(`alignment ${align.toString(16)}`, { align });
  for (const type of [0, 2, 5, 6, 7, 8, 0x70000000]) s(`type ${type} in its place`, { type });

  const segments = (name: string, list: Segment[], fields: ElfParts["header"] = {}) => add(`segments: ${name}`, good({ segments: list, header: fields }));
  const bss = (vaddr: number, memsz = 0x1000): Segment => ({ offset: 0, vaddr, filesz: 0, memsz, flags: 6 });
  segments("no load", [STACK]);
  segments("no stack header", [LOAD200]);
  segments("executable stack", [LOAD200, { ...STACK, flags: 7 }]);
  segments("the same twice", [LOAD200, LOAD200, STACK]);
  segments("overlapping", [LOAD200, { ...LOAD200, vaddr: BASE + 0x1000 }, STACK]);
  segments("out of order", [bss(BASE + 0x8000), LOAD200, STACK]);
  segments("far apart", [LOAD200, bss(0x40000000), STACK]);
  segments("with a later bss over the code", [LOAD200, bss(BASE, 0x2000), STACK]);
  segments("bss between files", [LOAD200, { ...LOAD200, vaddr: BASE + 0x4000 }, STACK]);
  segments("a second one that is bad", [LOAD200, { ...LOAD200, vaddr: BASE + 0x4000, filesz: 0x3000, memsz: 0x1000 }, STACK]);
  segments("a second one out of step", [LOAD200, { ...LOAD200, vaddr: BASE + 0x4008 }, STACK]);
  segments("sixty", [LOAD200, ...Array.from({ length: 11 }, (_, i) => bss(0x20000000 + i * 0x10000)), STACK]);

  const dynamic = (name: string, changes: Partial<Segment>, fields: ElfParts["header"] = {}) =>
    add(`dynamic: ${name}`, good({ segments: [{ ...LOAD200, vaddr: 0, ...changes }, STACK], header: { type: 3, entry: 0x200, ...fields } }));
  dynamic("at 0", {});
  dynamic("at an address", { vaddr: BASE }, at200);
  dynamic("aligned to 64 KiB", { align: 0x10000 });
  dynamic("empty", { filesz: 0, memsz: 0 });
  dynamic("file larger than memory", { memsz: 0x100 });
  dynamic("entry outside", {}, { entry: 0x10000 });
  add("dynamic: no load", good({ segments: [STACK], header: { type: 3 } }));

  const here = () => home(cases.length);
  const ldPath = () => `${here()}/ld`;
  const i = (name: string, bytes: Uint8Array, beside: Record<string, Uint8Array> = { ld: interpreter() }) => add(`interpreter: ${name}`, bytes, beside);
  i("good", withInterpreter(ldPath()));
  i("size 0", withInterpreter(ldPath(), { filesz: 0 }));
  i("size 1", withInterpreter(ldPath(), { filesz: 1 }));
  i("empty path", withInterpreter("\0"));
  i("not terminated", withInterpreter(ldPath(), {}, false));
  i("bytes after the NUL", withInterpreter(`${ldPath()}\0more`));
  i("4096 bytes", withInterpreter(`${"/".repeat(4095 - ldPath().length)}${ldPath()}`));
  i("4097 bytes", withInterpreter(`${"/".repeat(4096 - ldPath().length)}${ldPath()}`));
  i("size past the end of the file", withInterpreter(ldPath(), { filesz: 0x800 }));
  i("offset past the end of the file", withInterpreter(ldPath(), { offset: 0x10000 }));
  i("offset ffffffff", withInterpreter(ldPath(), { offset: 0xffffffff }));
  i("missing", withInterpreter(`${here()}/none`));
  i("a directory", withInterpreter(here()));
  i("through a file", withInterpreter(`${ldPath()}/x`));
  i("name too long", withInterpreter(`/${"n".repeat(300)}`));
  i("twice", good({ body: withInterpreter(ldPath()).slice(0x200), segments: [
    { type: 3, offset: 0x300, vaddr: 0, filesz: ldPath().length + 1, memsz: 0 }, { type: 3, offset: 0, vaddr: 0, filesz: 0, memsz: 0 }, { ...LOAD200, memsz: 0x4000 }, STACK,
  ] }));
  i("behind the load", good({ body: withInterpreter(ldPath()).slice(0x200), segments: [
    { ...LOAD200, memsz: 0x4000 }, { type: 3, offset: 0x300, vaddr: 0, filesz: ldPath().length + 1, memsz: 0 }, STACK,
  ] }));

  const bad = (name: string, file: Uint8Array) => i(name, withInterpreter(ldPath()), { ld: file });
  const text = (t: string) => new TextEncoder().encode(t);
  bad("an empty file", new Uint8Array(0));
  bad("a short file", interpreter({ length: 40 }));
  bad("a text", text("hello, this is no program but a text that is long enough to be one\n"));
  bad("a script", text(`#!${here()}/other\n${" ".repeat(100)}`));
  bad("of another machine", interpreter({ header: { machine: 40 } }));
  bad("of another class", interpreter({ header: { class: 2 } }));
  bad("relocatable", interpreter({ header: { type: 1 } }));
  bad("a core file", interpreter({ header: { type: 4 } }));
  bad("fixed address", interpreter({ header: { type: 2, entry: 0x30000200 }, segments: [{ offset: 0, vaddr: 0x30000000, filesz: 0x20c, memsz: 0x1000, flags: 5 }] }));
  bad("fixed address over the program", interpreter({ header: { type: 2, entry: BASE + 0x200 }, segments: [{ offset: 0, vaddr: BASE, filesz: 0x20c, memsz: 0x1000, flags: 5 }] }));
  bad("phentsize 31", interpreter({ header: { phentsize: 31 } }));
  bad("phnum 0", interpreter({ header: { phnum: 0 } }));
  bad("phnum ffff", interpreter({ header: { phnum: 0xffff } }));
  bad("phoff past the end", interpreter({ header: { phoff: 0x10000 } }));
  bad("no load", interpreter({ segments: [STACK] }));
  bad("file larger than memory", interpreter({ segments: [{ offset: 0, vaddr: 0, filesz: 0x20c, memsz: 0x100, flags: 5 }] }));
  bad("too large", interpreter({ segments: [{ offset: 0, vaddr: 0, filesz: 0x20c, memsz: 0xfffff000, flags: 5 }] }));
  bad("names an interpreter itself", interpreter({ segments: [{ type: 3, offset: 0, vaddr: 0, filesz: 0, memsz: 0 }, { offset: 0, vaddr: 0, filesz: 0x20c, memsz: 0x1000, flags: 5 }] }));
  bad("entry outside", interpreter({ header: { entry: 0x100000 } }));
  bad("not executable memory", interpreter({ segments: [{ offset: 0, vaddr: 0, filesz: 0x20c, memsz: 0x20c, flags: 4 }] }));
  add("good, entry in the middle", elf({ header: { entry: BASE + 0x200 }, segments: [LOAD200, STACK] }));
  return cases;
}
