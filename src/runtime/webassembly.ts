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

interface WebAssemblyHost {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: { m: Record<string, WasmImport> }) => { readonly exports: Record<string, WasmFunction | WasmTable> };
}

/** Undefined where the host has none, or has it switched off. */
export const webAssembly = (): WebAssemblyHost | undefined => (globalThis as { WebAssembly?: WebAssemblyHost }).WebAssembly;
