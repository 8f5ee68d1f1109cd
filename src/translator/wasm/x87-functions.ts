// What lowered x87 code calls: the methods of the x87, for the version without locals, and the exact path of inline arithmetic, for the other.

import { HIDDEN } from "../../runtime/hidden.ts";
import type { WasmFunction } from "../../runtime/webassembly.ts";
import { inMemory, writeRounders } from "../../runtime/x87/inline.ts";
import type { X87 } from "../../runtime/x87/index.ts";
import { type Kind, V } from "./kinds.ts";

interface Exported {
  readonly value: WasmFunction;
  readonly parameters: readonly Kind[];
  readonly result: Kind | undefined;
}

/** Methods that take doubles, as their last argument, or give them. */
const TAKES = new Set(["loadF64", "loadF32", "compareF64", "compareF32", "arithF64", "arithF32"]), GIVES = new Set(["storeF64", "storeF32"]);

/** The functions by the names that generated code has for them. Sees to it that the table of units is in the memory. */
export function x87Functions(x87: X87, buffer: SharedArrayBuffer): ReadonlyMap<string, Exported> {
  writeRounders(buffer, HIDDEN.ROUNDERS);
  const all = new Map<string, Exported>();
  const ints = (n: number) => new Array<Kind>(n).fill(V.INT);
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(x87))) {
    if (name === "constructor") continue;
    const method = (x87 as unknown as Readonly<Record<string, WasmFunction>>)[name], parameters = ints(method.length);
    if (TAKES.has(name)) parameters[parameters.length - 1] = V.DOUBLE;
    // what gives nothing gives 0, a truth value 0 or 1
    all.set(`X87.${name}`, { value: method.bind(x87), parameters, result: GIVES.has(name) ? V.DOUBLE : V.INT });
  }
  for (const [name, value] of Object.entries(inMemory(x87, buffer, HIDDEN.X87))) {
    all.set(`YI.${name}`, { value: value as WasmFunction, parameters: ints(value.length), result: V.INT });
  }
  return all;
}
