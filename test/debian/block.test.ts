// Debian's programs with translated blocks.
import { compareWithNative } from "./compare.ts";

compareWithNative("--jit=block", ["--jit=block"], 5_000_000);
