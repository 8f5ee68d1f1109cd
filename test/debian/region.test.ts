// Debian's programs with regions, the highest tier.
import { compareWithNative } from "./compare.ts";

compareWithNative("--jit=region", ["--jit=region"], 5_000_000);
