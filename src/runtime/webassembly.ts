// WebAssembly, as far as it is used here: its types, which TypeScript has only together with all of a browser's, and the host's object.

/** A memory. All here are shared ones, so a buffer never moves and is never detached; one of before `grow` goes on showing what it did. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** By pages of 64 KiB. */
  grow(pages: number): number;
}

/** A table of functions. */
export interface WasmTable {
  readonly length: number;
  set(index: number, value: WasmFunction | null): void;
  /** Returns the length before. */
  grow(by: number): number;
}

export type WasmFunction = (...args: number[]) => number | boolean | void;
/** What a module takes from outside. */
export type WasmImport = WasmFunction | WasmMemory;

/** Where the host can be told: how much of what is compiled from now on runs before it is optimised; without a number, as much as the host finds right. V8's unit is a byte of code. */
export type TieringBudget = (budget?: number) => void;

type Exports = Readonly<Record<string, WasmFunction | WasmTable>>;

/** A module, and the exports of an instance of it, if that is still there. */
export interface Compiled {
  readonly module: object;
  readonly exports: WeakRef<Exports>;
}

/** Where the host can write down what its optimising compiler has made of a module, for later processes. */
export interface MachineCode {
  /** Undefined when nothing of it has been optimised. */
  of(compiled: Compiled): Uint8Array<ArrayBuffer> | undefined;
  /** The module of these bytes with that code; undefined when the host has no use for it: it is of another release, processor or setting. It must be what `of` gave, to the byte. */
  revive(code: Uint8Array, bytes: Uint8Array<ArrayBuffer>): object | undefined;
}

/** Modules that every run has, and the host keeps for later ones. */
export interface OwnModules {
  /** The module of these bytes as an earlier run has left it, optimised. */
  find(name: string, bytes: Uint8Array<ArrayBuffer>): object | undefined;
  keep(name: string, compiled: Compiled): void;
}

interface WebAssemblyHost {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: { m: Record<string, WasmImport> }) => { readonly exports: Exports };
}

/** Undefined where the host has none, or has it switched off. */
export const webAssembly = (): WebAssemblyHost | undefined => (globalThis as { WebAssembly?: WebAssemblyHost }).WebAssembly;
