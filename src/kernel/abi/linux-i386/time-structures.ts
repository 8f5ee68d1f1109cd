// timespec, timeval and itimers as programs pass them, in 32-bit and 64-bit form.

import { SECOND } from "../../time.ts";
import type { Timespec } from "../../time.ts";
import type { Context } from "../syscall.ts";

/** Reads a timespec: two int32 words, or (`wide`) int64 seconds and a 64-bit field whose upper half counts for nothing. */
export function readTime(k: Context, address: number, wide: boolean): Timespec | undefined {
  const bytes = k.memory.read(address, wide ? 16 : 8);
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer);
  if (!wide) return { seconds: view.getInt32(0, true), nanoseconds: view.getInt32(4, true) };
  return { seconds: Number(view.getBigInt64(0, true)), nanoseconds: view.getInt32(8, true) };
}

export function writeTime(k: Context, address: number, time: Timespec, wide: boolean): boolean {
  const bytes = new Uint8Array(wide ? 16 : 8);
  const view = new DataView(bytes.buffer);
  if (wide) {
    view.setBigInt64(0, BigInt(time.seconds), true);
    view.setBigInt64(8, BigInt(time.nanoseconds), true);
  } else {
    view.setInt32(0, time.seconds, true);
    view.setInt32(4, time.nanoseconds, true);
  }
  return k.memory.write(address, bytes);
}

/** A span in nanoseconds, or -1 for an invalid one. */
export function timeoutNanoseconds(time: Timespec): number {
  if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= SECOND) return -1;
  return Math.min(time.seconds * SECOND + time.nanoseconds, Number.MAX_SAFE_INTEGER);
}

export function toTimespec(nanoseconds: number): Timespec {
  const seconds = Math.floor(nanoseconds / SECOND);
  return { seconds, nanoseconds: Math.round(nanoseconds - seconds * SECOND) };
}

/** Reads a timeval as a timespec; microseconds out of range come out as -1 nanoseconds. */
export function readTimeval(k: Context, address: number): Timespec | undefined {
  const time = readTime(k, address, false);
  if (!time) return undefined;
  const valid = time.nanoseconds >= 0 && time.nanoseconds < 1_000_000;
  return { seconds: time.seconds, nanoseconds: valid ? time.nanoseconds * 1000 : -1 };
}

export function writeTimeval(k: Context, address: number, time: Timespec): boolean {
  return writeTime(k, address, { seconds: time.seconds, nanoseconds: Math.floor(time.nanoseconds / 1000) }, false);
}
