// The vDSO: an ELF shared object of one page that the kernel maps into every process, vdso(7). Written here byte by byte: code,
// dynamic symbols with versions, and the unwind tables that let C++ and debuggers walk through signal frames.
//
// The clock functions enter the kernel by INT 0x80: no shared data page, and time stays the kernel's (virtual clocks, traces).

interface Symbol {
  readonly name: string;
  readonly version: number; // index into the version definitions: 2 LINUX_2.5, 3 LINUX_2.6
  readonly code: readonly number[];
  /** Bytes from the start to where EBX has been pushed and to where it has been popped; undefined for the trampolines. */
  readonly frame: "wrapper" | "leaf" | "sigreturn" | "rt_sigreturn";
}

/** push ebx; mov ebx,[esp+8]; mov ecx,[esp+12]; mov edx,[esp+16]; mov eax,n; int 0x80; pop ebx; ret */
const wrapper = (number: number): number[] => [
  0x53, 0x8b, 0x5c, 0x24, 0x08, 0x8b, 0x4c, 0x24, 0x0c, 0x8b, 0x54, 0x24, 0x10, 0xb8, number & 255, number >> 8, 0, 0, 0xcd, 0x80, 0x5b, 0xc3,
];

const SYMBOLS: readonly Symbol[] = [
  { name: "__kernel_vsyscall", version: 2, code: [0xcd, 0x80, 0xc3], frame: "leaf" },
  { name: "__kernel_sigreturn", version: 2, code: [0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80], frame: "sigreturn" },
  { name: "__kernel_rt_sigreturn", version: 2, code: [0xb8, 0xad, 0, 0, 0, 0xcd, 0x80], frame: "rt_sigreturn" },
  { name: "__vdso_clock_gettime", version: 3, code: wrapper(265), frame: "wrapper" },
  { name: "__vdso_clock_gettime64", version: 3, code: wrapper(403), frame: "wrapper" },
  { name: "__vdso_gettimeofday", version: 3, code: wrapper(78), frame: "wrapper" },
  { name: "__vdso_time", version: 3, code: wrapper(13), frame: "wrapper" },
  { name: "__vdso_clock_getres", version: 3, code: wrapper(266), frame: "wrapper" },
  { name: "__vdso_getcpu", version: 3, code: wrapper(318), frame: "wrapper" },
];
const VERSIONS = ["linux-gate.so.1", "LINUX_2.5", "LINUX_2.6"];
const SONAME = VERSIONS[0];

export interface Vdso {
  readonly bytes: Uint8Array;
  /** Offset of each function in the image. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** A growing little-endian image. */
class Writer {
  readonly bytes: number[] = [];
  get at(): number {
    return this.bytes.length;
  }
  u8(...values: number[]): void {
    for (const v of values) this.bytes.push(v & 255);
  }
  u16(v: number): void {
    this.u8(v, v >> 8);
  }
  u32(v: number): void {
    this.u8(v, v >> 8, v >> 16, v >> 24);
  }
  text(s: string): void {
    for (const c of s) this.u8(c.charCodeAt(0));
    this.u8(0);
  }
  align(to: number, fill = 0): void {
    while (this.at % to) this.u8(fill);
  }
  patch32(at: number, v: number): void {
    for (let i = 0; i < 4; i++) this.bytes[at + i] = (v >> (8 * i)) & 255;
  }
}

const sysvHash = (name: string): number => {
  let h = 0;
  for (const c of name) {
    h = ((h << 4) + c.charCodeAt(0)) >>> 0;
    const g = h & 0xf000_0000;
    if (g) h ^= g >>> 24;
    h = (h & ~g) >>> 0;
  }
  return h;
};

// -- unwind tables: DWARF call frame information, registers EAX ECX EDX EBX ESP EBP ESI EDI EIP = 0-8 ---------------------------------------

const CFA = { advance: 0x40, offset: 0x80, restore: 0xc0, nop: 0, defCfa: 0x0c, defCfaOffset: 0x0e, defCfaExpression: 0x0f, expression: 0x10 };
const OP_BREG4 = 0x74;
const OP_DEREF = 0x06;

/** Offsets in struct sigcontext, by DWARF register number. */
const SIGCONTEXT = [44, 40, 36, 32, 28, 24, 20, 16, 56];

function sleb(value: number): number[] {
  const out: number[] = [];
  for (let v = value; ; ) {
    const low = v & 0x7f;
    v >>= 7;
    const done = (v === 0 && !(low & 0x40)) || (v === -1 && low & 0x40);
    out.push(done ? low : low | 0x80);
    if (done) return out;
  }
}

/** Everything saved in a sigcontext that lies `base` bytes above ESP. */
function savedAt(base: number): number[] {
  const at = (register: number) => [OP_BREG4, ...sleb(base + SIGCONTEXT[register])];
  const cfa = [...at(4), OP_DEREF];
  const out = [CFA.defCfaExpression, cfa.length, ...cfa];
  for (const register of [0, 1, 2, 3, 5, 6, 7, 8]) {
    const where = at(register);
    out.push(CFA.expression, register, where.length, ...where);
  }
  return out;
}

function unwindProgram(symbol: Symbol): number[] {
  switch (symbol.frame) {
    case "leaf": return [];
    case "wrapper": return [CFA.advance | 1, CFA.defCfaOffset, 8, CFA.offset | 3, 2, CFA.advance | (symbol.code.length - 2), CFA.restore | 3, CFA.defCfaOffset, 4];
    // The handler has returned: ESP is at the frame's signal number; after POP EAX, at the sigcontext.
    case "sigreturn": return [...savedAt(4), CFA.advance | 2, ...savedAt(0)];
    case "rt_sigreturn": return savedAt(160);
  }
}

/** The range begins one byte early for trampolines: unwinders look at the return address minus one. */
const early = (symbol: Symbol) => (symbol.frame === "sigreturn" || symbol.frame === "rt_sigreturn" ? 1 : 0);

interface FrameTable {
  readonly eh: number;
  readonly header: number;
  readonly end: number;
}

function writeFrames(w: Writer, textAt: ReadonlyMap<string, number>): FrameTable {
  w.align(4);
  const eh = w.at;
  const record = (body: () => void): number => {
    const start = w.at;
    w.u32(0);
    body();
    w.align(4, CFA.nop);
    w.patch32(start, w.at - start - 4);
    return start;
  };
  const cie = (augmentation: string) => record(() => {
    w.u32(0);
    w.u8(1);
    w.text(augmentation);
    w.u8(1, 0x7c, 8, 1, 0x1b); // code alignment 1, data alignment -4, return address EIP, pointers PC-relative int32
    w.u8(CFA.defCfa, 4, 4, CFA.offset | 8, 1);
  });
  const plain = cie("zR"), signal = cie("zRS");
  const entries: [number, number][] = [];
  for (const symbol of SYMBOLS) {
    const start = (textAt.get(symbol.name) ?? 0) - early(symbol);
    const fde = record(() => {
      w.u32(w.at - (early(symbol) ? signal : plain));
      w.u32(start - w.at);
      w.u32(symbol.code.length + early(symbol));
      w.u8(0, ...unwindProgram(symbol));
    });
    entries.push([start, fde]);
  }
  w.u32(0);
  const header = w.at;
  w.u8(1, 0x1b, 0x03, 0x3b);
  w.u32(eh - w.at);
  w.u32(entries.length);
  for (const [start, fde] of entries.sort((a, b) => a[0] - b[0])) {
    w.u32(start - header);
    w.u32(fde - header);
  }
  return { eh, header, end: w.at };
}

// -- the image -------------------------------------------------------------------------------------------------------------------------------

const PHDRS = 3;
const DYNAMIC_ENTRIES = 10;
let cached: Vdso | undefined;

/** The vDSO's image. */
export function buildVdso(): Vdso {
  cached ??= writeImage();
  return cached;
}

function writeImage(): Vdso {
  const w = new Writer();
  const strings = new Writer();
  strings.u8(0);
  const nameAt = new Map<string, number>();
  for (const name of [...VERSIONS, ...SYMBOLS.map((s) => s.name)]) {
    nameAt.set(name, strings.at);
    strings.text(name);
  }
  for (let i = 0; i < 52 + 32 * PHDRS; i++) w.u8(0);

  // .text comes first, so that addresses are known to the tables behind it.
  const textAt = new Map<string, number>();
  w.align(16, 0x90);
  const text = w.at;
  for (const symbol of SYMBOLS) {
    w.u8(0x90);
    w.align(16, 0x90);
    textAt.set(symbol.name, w.at);
    w.u8(...symbol.code);
  }
  const textEnd = w.at;

  w.align(4);
  const hash = w.at;
  const count = SYMBOLS.length + 1;
  const chains = new Array<number>(count).fill(0);
  let bucket = 0;
  for (let i = 1; i < count; i++) {
    chains[i] = bucket;
    bucket = i;
  }
  for (const v of [1, count, bucket, ...chains]) w.u32(v); // one bucket holds them all
  const symtab = w.at;
  for (let i = 0; i < 16; i++) w.u8(0);
  for (const symbol of SYMBOLS) {
    w.u32(nameAt.get(symbol.name) ?? 0);
    w.u32(textAt.get(symbol.name) ?? 0);
    w.u32(symbol.code.length);
    w.u8(0x12, 0); // STB_GLOBAL, STT_FUNC
    w.u16(1); // defined: section .text
  }
  const strtab = w.at;
  w.u8(...strings.bytes);
  w.align(2);
  const versym = w.at;
  w.u16(0);
  for (const symbol of SYMBOLS) w.u16(symbol.version);
  w.align(4);
  const verdef = w.at;
  VERSIONS.forEach((version, i) => {
    w.u16(1);
    w.u16(i === 0 ? 1 : 0); // VER_FLG_BASE
    w.u16(i + 1);
    w.u16(1);
    w.u32(sysvHash(version));
    w.u32(20);
    w.u32(i + 1 < VERSIONS.length ? 28 : 0);
    w.u32(nameAt.get(version) ?? 0);
    w.u32(0);
  });
  const dynamic = w.at;
  const entries: [number, number][] = [
    [14, nameAt.get(SONAME) ?? 0], [4, hash], [5, strtab], [6, symtab], [10, strings.at], [11, 16], [0x6fff_fff0, versym],
    [0x6fff_fffc, verdef], [0x6fff_fffd, VERSIONS.length], [0, 0],
  ];
  for (const [tag, value] of entries) {
    w.u32(tag);
    w.u32(value);
  }
  const dynamicSize = 8 * DYNAMIC_ENTRIES;
  const frames = writeFrames(w, textAt);

  const sectionNames = new Writer();
  sectionNames.u8(0);
  const sections: number[][] = [];
  const section = (name: string, type: number, flags: number, at: number, size: number, link: number, info: number, align: number, entry: number) => {
    sections.push([sectionNames.at, type, flags, flags ? at : 0, at, size, link, info, align, entry]);
    sectionNames.text(name);
  };
  section(".text", 1, 6, text, textEnd - text, 0, 0, 16, 0);
  section(".hash", 5, 2, hash, symtab - hash, 3, 0, 4, 4);
  section(".dynsym", 11, 2, symtab, 16 * count, 4, 1, 4, 16);
  section(".dynstr", 3, 2, strtab, strings.at, 0, 0, 1, 0);
  section(".gnu.version", 0x6fff_ffff, 2, versym, 2 * count, 3, 0, 2, 2);
  section(".gnu.version_d", 0x6fff_fffd, 2, verdef, dynamic - verdef, 4, VERSIONS.length, 4, 0);
  section(".dynamic", 6, 2, dynamic, dynamicSize, 4, 0, 4, 8);
  section(".eh_frame", 1, 2, frames.eh, frames.header - frames.eh, 0, 0, 4, 0);
  section(".eh_frame_hdr", 1, 2, frames.header, frames.end - frames.header, 0, 0, 4, 0);
  const namesAt = w.at;
  const nameOffset = sectionNames.at;
  sectionNames.text(".shstrtab");
  w.u8(...sectionNames.bytes);
  sections.push([nameOffset, 3, 0, 0, namesAt, sectionNames.at, 0, 0, 1, 0]);
  w.align(4);
  const shoff = w.at;
  for (let i = 0; i < 10; i++) w.u32(0);
  for (const fields of sections) for (const field of fields) w.u32(field);

  const head = new Writer();
  head.u8(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  head.u16(3);
  head.u16(3);
  head.u32(1);
  head.u32(textAt.get("__kernel_vsyscall") ?? 0);
  head.u32(52);
  head.u32(shoff);
  head.u32(0);
  for (const v of [52, 32, PHDRS, 40, sections.length + 1, sections.length]) head.u16(v);
  for (const fields of [
    [1, 0, 0, 0, w.at, w.at, 5, 4096],
    [2, dynamic, dynamic, dynamic, dynamicSize, dynamicSize, 4, 4],
    [0x6474_e550, frames.header, frames.header, frames.header, frames.end - frames.header, frames.end - frames.header, 4, 4],
  ]) for (const v of fields) head.u32(v);
  head.bytes.forEach((b, i) => {
    w.bytes[i] = b;
  });
  return { bytes: Uint8Array.from(w.bytes), symbols: textAt };
}
