// Random numbers of the host. Loading Web Crypto takes 3 ms, so they come from the device where there is one.

import fs from "node:fs";
import { hostRandom } from "../../kernel/kernel.ts";

let device: number | undefined;

/** Fills `bytes`. */
export function nodeRandom(bytes: Uint8Array): void {
  try {
    device ??= fs.openSync("/dev/urandom", "r");
    for (let at = 0; at < bytes.length; ) {
      const count = fs.readSync(device, bytes, at, bytes.length - at, null);
      if (count === 0) throw new Error("the random device ended");
      at += count;
    }
  } catch {
    hostRandom(bytes);
  }
}
