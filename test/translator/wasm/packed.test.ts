// Packed instructions as vector instructions (translator/packed.ts) against their semantic functions, on values at the edges: integers, NaNs with
// payloads, denormals, all roundings and masks. Each form of SSE stands between instructions that make vectors of the registers, so that it finds
// them as such; and what is expected to be one is looked for in the emitted text.

import { describe, expect, it } from "vitest";
import { decode } from "../../../src/decoder/index.ts";
import { makeBlock } from "../../../src/runtime/block.ts";
import { createMemory } from "../../../src/runtime/memory.ts";
import { webAssembly } from "../../../src/runtime/webassembly.ts";
import { emitGraph } from "../../../src/translator/emit-graph.ts";
import { blockGraph } from "../../../src/translator/graph.ts";
import { isPacked } from "../../../src/translator/packed.ts";
import { I32 } from "../../../src/translator/wasm/encode.ts";
import { lower } from "../../../src/translator/wasm/lower.ts";
import { type Mode, runFloating } from "../../semantics/engines.ts";
import { blank, differences, simdCases } from "../../semantics/simd-cases.ts";
import { type SimdForm, simdForms } from "../../semantics/simd-forms.ts";

const host = webAssembly();
/** POR xmm, xmm: a vector from here on. */
const por = (n: number): number[] => [0x66, 0x0f, 0xeb, 0xc0 | (n << 3) | n];
const BEFORE = [...por(1), ...por(2), ...por(0)];
/** PADDD xmm1, xmm3: the result is looked at as a vector. */
const BEHIND = [0x66, 0x0f, 0xfe, 0xcb];

const isXmm = (f: SimdForm) => /\b[VW][a-z]|U[a-z]/.test(f.operands) && !/\b[PQN][a-z]|MX|FX/.test(`${f.operands} ${f.mnemonic}`);
const forms = simdForms().filter((f) => isXmm(f) && !f.x87);
/** A form with instructions around it. */
const among = (form: SimdForm, behind: readonly number[]): SimdForm => ({ ...form, codes: form.codes.map((code) => [...BEFORE, ...code, ...behind]) });

/** "" when a mode does what the semantic functions do, else what differs. */
function check(form: SimdForm, mode: Mode): string {
  const cases = simdCases(form, 128);
  const expected = runFloating("interpreter", cases), got = runFloating(mode, cases);
  blank(cases, expected);
  blank(cases, got);
  const found = differences(cases, expected, got);
  return found.length === 0 ? "" : `${form.name} ${mode}\n  ${found.slice(0, 3).join("\n  ")}`;
}

describe.skipIf(host === undefined)("on registers that are vectors", () => {
  const mnemonics = [...new Set(forms.map((f) => f.mnemonic))].sort();
  it.each(mnemonics)("%s", { timeout: 60_000 }, (mnemonic) => {
    const these = forms.filter((f) => f.mnemonic === mnemonic);
    expect(these.map((f) => check(among(f, BEHIND), "block")).filter((text) => text !== "")).toEqual([]);
    expect(these.map((f) => check(among(f, []), "region")).filter((text) => text !== "")).toEqual([]);
  });
});

/** What has no vector instruction, or none that is worth it: moves of halves and lanes, which need no instruction at all, scalars, and what is done by calls. */
const OTHERS = new RegExp(`^(${[
  "(ADD|SUB|MUL|DIV|SQRT|MIN|MAX|CMP|RCP|RSQRT)S[SD]", "U?COMIS[SD]", "CVT.*S[SD].*", "MOV(D|Q|SS|SD|[HL]P[SD]|HLPS|LHPS|DDUP)", "MASKMOVDQU", "(P?UNPCK[LH]|P?UNPCK[HL]Q|SHUF|BLEND)(PD|DQ)",
  "PEXTRD", "PINSRD", "INSERTPS", "EXTRACTPS", "DPP[SD]", "RCPPS", "RSQRTPS", "PHMINPOSUW", "MPSADBW", "PCMP[EI]STR[IM]", "AESIMC", "AESKEYGENASSIST", "SHA1NEXTE", "MOV(NT)?.*", "LDDQU",
].join("|")})$`);
/** These copy halves: they change names only. */
const RENAMED = new Set(["UNPCKLPD", "UNPCKHPD", "PUNPCKLQDQ", "PUNPCKHQDQ", "SHUFPD", "BLENDPD"]);

const memory = createMemory();
const START = 0x1000000;
memory.map(START, 4096, 7);
const lowerable = (source: string, constants: number): void => {
  const never = () => {
    throw new Error(`nothing of that kind is in these texts (${constants})`);
  };
  lower(source, {
    result: I32, cell: () => 0, beside: () => undefined, table: never, recorder: never, callOut: () => 0,
    named: () => undefined,
  });
};

describe("is one, and can be lowered", () => {
  const moves = /^(MOVMSK|MOVS[LH]DUP)/;
  // a register XORed with itself is zero, whatever it was
  const zeroing = (f: SimdForm) => /XOR/.test(f.mnemonic) && f.name.endsWith(" same");
  const packed = forms.filter((f) => !zeroing(f) && !RENAMED.has(f.mnemonic) && (!OTHERS.test(f.mnemonic) || moves.test(f.mnemonic)));
  it("there are many", () => {
    expect(new Set(packed.map((f) => f.mnemonic)).size).toBeGreaterThan(110);
  });
  it.each([...new Set(packed.map((f) => f.mnemonic))].sort())("%s", (mnemonic) => {
    for (const form of packed.filter((f) => f.mnemonic === mnemonic)) {
      const code = [...BEFORE, ...form.codes[0]];
      memory.poke(START, Uint8Array.from([...code, 0xc3]));
      const insn = decode(memory.u8, START + BEFORE.length, START + BEFORE.length);
      if (typeof insn === "number") throw new Error("cannot be decoded");
      const { source, constants } = emitGraph(blockGraph(makeBlock(memory, START, 64), true), {
        traceStores: false, recordTargets: false, x87Locals: false, entries: false, counts: false, number: 1, precision: { pe: false, small: "left" }, packed: true,
      });
      const own = source.slice(source.indexOf(`// ${(insn.address >>> 0).toString(16)} `), source.indexOf(`// ${(insn.next >>> 0).toString(16)} `));
      expect([form.name, isPacked(own), own.includes("VF."), own.includes("XI[")]).toEqual([form.name, true, false, false]);
      lowerable(source, constants.length);
    }
  });
});
