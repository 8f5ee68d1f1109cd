// Debian's programs with the interpreter alone; the compressors get less, because it is slow.
import { compareWithNative } from "./compare.ts";

compareWithNative("--jit=off", ["--jit=off"], 500_000);
