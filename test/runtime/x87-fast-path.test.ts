// The double-pair fast paths against the integer path, on seeded random operands and on chains of results; and instruction
// sequences on live state against the same sequences through FNSAVE images. For a long run:
// JIT386_X87_OPERATIONS=50000000 JIT386_X87_SEED=1 npx vitest run test/runtime/x87-fast-path.test.ts does 100 million in the two precisions.
import { expect, test } from "vitest";
import { arith, arithExact, fsqrt, sqrtExact } from "../../src/runtime/x87/arith.ts";
import { copyState, createX87, describeState, sameState } from "../../src/runtime/x87/index.ts";
import type { X87 } from "../../src/runtime/x87/index.ts";
import { random, randomValue, setSeed } from "./x87-cases.ts";

const OPS = [0, 1, 4, 5, 6, 7];
const OPERATIONS = Number(process.env.JIT386_X87_OPERATIONS ?? 100_000);
const SEED = Number(process.env.JIT386_X87_SEED ?? 0);

/** A value of the kind programs compute with: few bits, a double, a float, a small integer, or 64 bits. */
function ordinary(f: X87): void {
  const r = random();
  const e = ((r >>> 4) % 60) - 30;
  const whole = random() / 2 ** 32 + 0.5;
  switch ((r >>> 28) & 7) {
    case 0:
      f.loadInt((random() % 2001) - 1000);
      break;
    case 1:
      f.loadF64((r & 8 ? -1 : 1) * 2 ** e);
      break;
    case 2:
      f.loadF32(Math.fround(whole * 2 ** e));
      break;
    case 3:
      f.loadF64(((random() % 20001) - 10000) / 10 ** (random() % 4));
      break;
    case 4:
      f.loadF64((r & 8 ? -1 : 1) * (whole + random() * 2 ** -64) * 2 ** e);
      break;
    case 5:
    case 6: {
      // 64 bits, or any lesser number of them: products and quotients then meet ties and exact results.
      const keep = r & 16 ? 64 : 1 + ((r >>> 16) & 63);
      const h = keep >= 32 ? -1 : -1 << (32 - keep);
      const l = keep <= 32 ? 0 : keep === 64 ? -1 : -1 << (64 - keep);
      f.loadF80(0x3fff + e + (r & 8 ? 0x8000 : 0), (random() | 0x80000000) & h, random() & l);
      break;
    }
    default: {
      const v = randomValue();
      f.loadF80(v.se, v.h, v.l);
    }
  }
}

test.each([
  ["64 bits", 0x37f],
  ["53 bits", 0x27f],
])("fast and integer path agree, %s", { timeout: 36_000_000 }, (_, cw) => {
  const fast = createX87();
  const exact = createX87();
  setSeed(cw + SEED);
  fast.setControlWord(cw);
  for (let i = 0; i < OPERATIONS; i++) {
    // New operands now and then; otherwise results of the step before are the operands of the next.
    if (i % 3 === 0) {
      fast.init();
      fast.setControlWord(cw);
      ordinary(fast);
      ordinary(fast);
      ordinary(fast);
    }
    copyState(fast, exact);
    const before = describeState(exact);
    const r = random();
    if (r % 13 === 0) {
      fsqrt(fast);
      sqrtExact(exact);
    } else {
      const op = OPS[r % 6];
      const dst = (r >>> 8) % 3;
      const src = (r >>> 12) % 3;
      arith(fast, op, dst, src);
      arithExact(exact, op, dst, src);
    }
    if (!sameState(fast, exact)) expect(`${before}\nfast\n${describeState(fast)}`).toBe(`exact\n${describeState(exact)}`);
  }
});

const big = (): bigint => (BigInt(random()) << 32n) | BigInt(random());

/** The inverse of an odd number modulo 2^bits. */
function inverse(a: bigint, bits: number): bigint {
  let x = a;
  for (let i = 0; i < 6; i++) x = BigInt.asUintN(bits, x * (2n - a * x));
  return BigInt.asUintN(bits, x);
}

/** Loads a number with this significand, at most 64 bits. */
function loadSignificand(f: X87, m: bigint): void {
  let exp = 0x3fff;
  while (m >> 63n === 0n) {
    m <<= 1n;
    exp--;
  }
  f.loadF80(exp, Number(m >> 32n), Number(m & 0xffffffffn));
}

function sameBothWays(a: bigint, b: bigint, op: number): void {
  const fast = createX87();
  const exact = createX87();
  loadSignificand(fast, a);
  loadSignificand(fast, b);
  copyState(fast, exact);
  arith(fast, op, 1, 0);
  arithExact(exact, op, 1, 0);
  if (!sameState(fast, exact)) expect(`${a} ${b} ${op}\n${describeState(fast)}`).toBe(describeState(exact));
}

test("products a hair from a tie or from an exact result", () => {
  setSeed(5);
  for (let i = 0; i < 4000; i++) {
    for (const bits of [64, 53]) {
      // a * b = middle + delta modulo 2^n, n being the bits that rounding takes off the product.
      const a = BigInt.asUintN(bits, big()) | 1n | (1n << BigInt(bits - 1));
      for (const cutOff of [bits, bits - 1]) {
        const delta = BigInt((i % 7) - 3);
        const middle = i & 8 ? 1n << BigInt(cutOff - 1) : 0n;
        const low = BigInt.asUintN(cutOff, inverse(a, cutOff) * (middle + delta));
        const b = ((big() | (1n << 63n)) >> BigInt(cutOff)) << BigInt(cutOff) | low;
        if (b >> 63n === 1n) sameBothWays(a, b, 1);
      }
    }
  }
});

test("quotients a hair from a tie or from an exact result", () => {
  setSeed(6);
  for (let i = 0; i < 8000; i++) {
    const bits = i & 1 ? 64 : 53;
    const b = BigInt.asUintN(bits, big()) | 1n | (1n << BigInt(bits - 1));
    // quotient * b = a * 2^n + delta, the quotient having 64 bits or one more.
    const n = i & 2 ? 64 : 65;
    const delta = BigInt(((i >> 2) % 5) - 2);
    const quotient = BigInt.asUintN(n, inverse(b, n) * delta);
    const a = (quotient * b - delta) >> BigInt(n);
    if (a > 0n && a >> 64n === 0n) sameBothWays(a, b, 6);
  }
});

test("a power of two less a little, so small that the product of its parts is 0", () => {
  for (const op of OPS) {
    const fast = createX87();
    const exact = createX87();
    fast.loadF80(0x3fe1, 0x80000000, 0);
    fast.loadF80(0x3dff, 0xffffffff, 0xffffffff);
    copyState(fast, exact);
    arith(fast, op, 1, 0);
    arithExact(exact, op, 1, 0);
    expect(describeState(fast)).toBe(describeState(exact));
  }
});

test("ordinary values stay on the fast path", () => {
  const f = createX87();
  const seen = { pair: 0, ext: 0 };
  setSeed(7);
  for (let i = 0; i < 1000; i++) {
    f.init();
    f.loadF64(random() / 3);
    f.loadF64(random() / 7 + 1);
    f.arith(OPS[i % 6], 0, 1);
    if (f.kind[f.top] === 0) seen.pair++;
    else seen.ext++;
  }
  expect(seen).toEqual({ pair: 1000, ext: 0 });
});

const STEPS: readonly ((f: X87, r: number) => unknown)[] = [
  (f) => f.add(0, 1),
  (f) => f.mul(1, 0),
  (f) => f.div(0, 1),
  (f, r) => f.sub(0, r & 7),
  (f) => ordinary(f),
  (f) => ordinary(f),
  (f) => ordinary(f),
  (f, r) => f.loadSt(r & 7),
  (f, r) => f.exchange(r & 7),
  (f, r) => f.storeSt(r & 7),
  (f) => f.pop(),
  (f) => f.chs(),
  (f) => f.abs(),
  (f, r) => f.free(r & 7),
  (f) => f.incTop(),
  (f) => f.decTop(),
  (f, r) => f.loadConst(r % 7),
  (f) => f.rndint(),
  (f) => f.scale(),
  (f) => f.xtract(),
  (f) => f.prem(),
  (f) => f.sqrt(),
  (f, r) => f.compare(r & 7, (r & 8) !== 0),
  (f) => f.xam(),
  (f, r) => f.mmxSet(r & 7, r, ~r),
  (f, r) => f.mmxSet(r & 7, f.mmxGetHi((r >> 3) & 7), f.mmxGetLo((r >> 6) & 7)),
  (f) => f.emms(),
  (f, r) => f.setControlWord((r & 0xf00) | 0x7f),
  (f) => f.fsincos(),
  (f) => f.clearExceptions(),
];

test("a sequence on live state equals the sequence through FNSAVE images", () => {
  const live = createX87();
  const saved = createX87();
  const image = new DataView(new ArrayBuffer(108));
  setSeed(99);
  for (let i = 0; i < 30_000; i++) {
    const step = STEPS[random() % STEPS.length];
    const r = random();
    const seed = random();
    setSeed(seed);
    step(live, r);
    setSeed(seed);
    step(saved, r);
    saved.save(image, 0, true);
    saved.restore(image, 0, true);
    if (!sameState(live, saved)) expect(`${i} ${step.toString()}\n${describeState(live)}`).toBe(describeState(saved));
  }
});
