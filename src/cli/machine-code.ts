// Machine code of WebAssembly modules, from one process to the next. V8 can write down what its optimising compiler has made of a module, and take it back where
// it is the same release on a processor with the same features under the same flags: browsers have that for their caches, Node has it for V8's own tests only
// (runtime-test-wasm.cc; %SerializeWasmModule, %DeserializeWasmModule). V8 compares release, processor and flags, but not the code: who keeps it must see that it is whole.

import type { MachineCode } from "../runtime/webassembly.ts";

interface Natives {
  /** Ends the process where no function of the module has been optimised. */
  readonly serialize: (module: object) => ArrayBuffer;
  /** The code must be a buffer of its own. */
  readonly deserialize: (code: ArrayBuffer, bytes: Uint8Array) => object | undefined;
  readonly optimised: (exported: unknown) => boolean;
}

/** V8's major versions that have these functions, Node 20 to 24. Later ones have them in builds for tests. */
const VERSIONS: readonly (string | undefined)[] = ["11", "12", "13"];

const nativeFunction = <F>(parameters: string, body: string) => new Function(parameters, body) as F;
const makeNatives = (): Natives => ({
  serialize: nativeFunction("module", "return %SerializeWasmModule(module)"),
  deserialize: nativeFunction("code, bytes", "return %DeserializeWasmModule(code, bytes)"),
  optimised: nativeFunction("exported", "return %IsTurboFanFunction(exported)"),
});

/** `around` sets the flags that code is made and taken under. Undefined where V8 cannot do it. */
export function createMachineCode(setFlag: (flag: string) => void, around: <T>(work: () => T) => T): MachineCode | undefined {
  if (!VERSIONS.includes(process.versions.v8.split(".")[0])) return undefined;
  let natives: Natives | undefined;
  // V8 forgets the code of functions that were not called for long, and compiles them again: only while the flag is set
  const withNatives = <T>(work: (natives: Natives) => T): T | undefined => around(() => {
    setFlag("--allow-natives-syntax");
    try {
      return work((natives ??= makeNatives()));
    } catch {
      // a release that has other functions after all
      return undefined;
    } finally {
      setFlag("--no-allow-natives-syntax");
    }
  });
  return {
    of({ module, exports }) {
      const functions = Object.values(exports.deref() ?? {}).filter((it) => typeof it === "function");
      return withNatives(({ serialize, optimised }) => (functions.some((it) => optimised(it)) ? new Uint8Array(serialize(module)) : undefined));
    },
    revive: (code, bytes) => withNatives(({ deserialize }) => deserialize(new Uint8Array(code).buffer, bytes)),
  };
}
