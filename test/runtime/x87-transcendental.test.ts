// The transcendental instructions against the host FPU's recorded results (fixtures/x87/transcendental.txt): within one
// unit in the last place of the 64-bit significand, special operands exact, flags and tags the same. C1 tells how the
// last bit was rounded and is left out.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createX87 } from "../../src/runtime/x87/index.ts";

const fpu = createX87();
const image = new DataView(new ArrayBuffer(108));

const run: Record<string, () => boolean> = {
  f2xm1: () => fpu.f2xm1(),
  fyl2x: () => fpu.fyl2x(),
  fyl2xp1: () => fpu.fyl2xp1(),
  fpatan: () => fpu.fpatan(),
  fptan: () => fpu.fptan(),
  fsin: () => fpu.fsin(),
  fcos: () => fpu.fcos(),
  fsincos: () => fpu.fsincos(),
};

const hex = (v: number, n: number): string => (v >>> 0).toString(16).padStart(n, "0");

function put(i: number, v: string): void {
  image.setUint16(36 + 10 * i, parseInt(v.slice(0, 4), 16), true);
  image.setUint32(32 + 10 * i, parseInt(v.slice(4, 12), 16), true);
  image.setUint32(28 + 10 * i, parseInt(v.slice(12), 16), true);
}

function get(i: number): string {
  const at = 28 + 10 * i;
  return hex(image.getUint16(at + 8, true), 4) + hex(image.getUint32(at + 4, true), 8) + hex(image.getUint32(at, true), 8);
}

/** Neighbouring numbers have neighbouring ordinals. */
function ordinal(v: string): bigint {
  const se = parseInt(v.slice(0, 4), 16);
  const size = (BigInt(se & 0x7fff) << 63n) + (BigInt(`0x${v.slice(4)}`) & 0x7fffffffffffffffn);
  return se & 0x8000 ? -size : size;
}

function distance(a: string, b: string): number {
  const d = ordinal(a) - ordinal(b);
  return Number(d < 0n ? -d : d);
}

const C1 = 0x200;
const rows = readFileSync(new URL("../../fixtures/x87/transcendental.txt", import.meta.url), "utf8").trim().split("\n");

for (const name of Object.keys(run)) {
  test(name, () => {
    const own = rows.filter((row) => row.startsWith(`${name} `));
    expect(own.length).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (const row of own) {
      const [, cw, sw, tw, a, b, wantSw, wantTw, wantA, wantB] = row.split(" ");
      image.setUint32(0, parseInt(cw, 16), true);
      image.setUint32(4, parseInt(sw, 16), true);
      image.setUint32(8, parseInt(tw, 16), true);
      put(0, a);
      put(1, b);
      for (let i = 2; i < 8; i++) put(i, hex(0x4000 + i, 4) + hex(0x80000000 | (i << 20), 8) + hex(i, 8));
      fpu.restore(image, 0, true);
      run[name]();
      fpu.save(image, 0, true);
      const far = Math.max(distance(get(0), wantA), distance(get(1), wantB));
      const swDiffers = (image.getUint16(4, true) & ~C1) !== (parseInt(wantSw, 16) & ~C1);
      if (far > 1 || swDiffers || image.getUint16(8, true) !== parseInt(wantTw, 16)) {
        wrong.push(`${row} got ${hex(image.getUint16(4, true), 4)} ${get(0)} ${get(1)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
}
