// siginfo_t as i386 programs see it: 128 bytes, of which the union begins at 12. sigaction(2).

import { SI, SIG, pendingSignal } from "../../signal.ts";
import type { PendingSignal } from "../../signal.ts";

export const SIGINFO_SIZE = 128;

const FAULTS: ReadonlySet<number> = new Set([SIG.ILL, SIG.FPE, SIG.SEGV, SIG.BUS, SIG.TRAP]);

/** The structure for a pending signal. */
export function encodeSiginfo(p: PendingSignal): Uint8Array {
  if (p.raw) {
    const copy = p.raw.slice(0, SIGINFO_SIZE);
    new DataView(copy.buffer).setInt32(0, p.signal, true);
    return copy;
  }
  const bytes = new Uint8Array(SIGINFO_SIZE);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, p.signal, true);
  view.setInt32(8, p.code, true);
  if (p.code === SI.TIMER) {
    view.setInt32(12, p.status, true);
    view.setInt32(16, p.extra, true);
    view.setInt32(20, p.value, true);
  } else if (p.code > 0 && p.code !== SI.KERNEL && FAULTS.has(p.signal)) {
    view.setUint32(12, p.address, true);
  } else if (p.code > 0 && p.code !== SI.KERNEL && p.signal === SIG.CHLD) {
    view.setInt32(12, p.pid, true);
    view.setInt32(16, p.uid, true);
    view.setInt32(20, p.status, true);
  } else if (p.code > 0 && p.code !== SI.KERNEL && p.signal === SIG.IO) {
    view.setInt32(12, p.extra, true);
    view.setInt32(16, p.value, true);
  } else if (p.code > 0 && p.signal === SIG.SYS) {
    view.setUint32(12, p.address, true);
    view.setInt32(16, p.value, true);
    view.setInt32(20, 0x4000_0003, true); // AUDIT_ARCH_I386
  } else {
    view.setInt32(12, p.pid, true);
    view.setInt32(16, p.uid, true);
    view.setInt32(20, p.value, true);
  }
  return bytes;
}

/** What a program hands to rt_sigqueueinfo. */
export function decodeSiginfo(bytes: Uint8Array, signal: number): PendingSignal {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return pendingSignal(signal, {
    code: view.getInt32(8, true), pid: view.getInt32(12, true), uid: view.getInt32(16, true), value: view.getInt32(20, true), raw: bytes,
  });
}
