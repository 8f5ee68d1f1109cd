// The quick interpreter as a WebAssembly module: a loop with a case for each shape of instruction, which executes the instruction of a record. Two loops, to be
// exact: V8 takes 20 ms in the background to compile the one with what is common, and 70 for the other, which a short program need not wait for.
//
// A release carries the module (rolldown.config.ts); here it is made when it is first wanted.

import { F } from "../../decoder/instruction.ts";
import { HIDDEN } from "../../runtime/hidden.ts";
import { FOUND_MASK, LOOKUPS } from "../../runtime/lookup.ts";
import { FLAT, S } from "../../runtime/state.ts";
import { allSemantics } from "../../semantics/index.ts";
import { conditionText, flagsOf } from "../conditions.ts";
import { sourceOf } from "../source.ts";
import { encodeModule, type FunctionBody, I32, type Import, type Signature } from "../wasm/encode.ts";
import { FLAG_FUNCTIONS } from "../wasm/flag-functions.ts";
import { type Callee, NOTHING, type Surroundings, typeOf, V } from "../wasm/kinds.ts";
import { lower } from "../wasm/lower.ts";
import { type Numbers, quickKey } from "./keys.ts";
import { lowerQuick } from "./lowering.ts";
import { AT, FUNCTIONS, RECORD } from "./records.ts";
import { JOIN_TEXT, KNOWN_TEXT, LINK_TEXT, LOOK_TEXT, SCAN_TEXT, scanTable } from "./scan.ts";
import { SEQUENCES, type Shape, SHAPES } from "./shapes.ts";
import { quickText } from "./text.ts";

export interface QuickModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numbers: Numbers;
  /** Functions that do what several do, one behind the other: its own number, then theirs. */
  readonly sequences: readonly (readonly number[])[];
}

/** The first of the functions for sequences, of which those for heads come first. */
const FIRST_SEQUENCE = FUNCTIONS.SHAPES + SHAPES[0].length;
const QUICK: Signature = { parameters: [I32], result: I32 }, PAIR: Signature = { parameters: [I32, I32], result: I32 };
const word = (at: number) => `V.getInt32(p + ${at} >>> 0, true)`;

/** The result of EXECUTE is what JavaScript says of an instruction that it has executed (runtime/quick.ts). */
const EXECUTE = "const done = EXECUTE(p); if (done === 0) return GO; if (done === 1) return 0;";
/** On at EIP: at the block that the table knows there, or one that nobody has met. */
const FOUND = `const e = R[${S.EIP}]; const h = ((e ^ e >>> 16) & ${FOUND_MASK}) << 3;
  if (V.getInt32(h + ${HIDDEN.FOUND} >>> 0, true) === e) return TAIL(V.getInt32(h + ${HIDDEN.FOUND + 4} >>> 0, true));
  const made = LOOK(e);
  if (made === 0) return 0;
  return TAIL(made);`;
const HEAD = `const n = ${word(AT.LEFT)} - 1 | 0;
  if (R[${S.BUDGET}] < 0 || n < 0) { R[${S.EIP}] = ${word(AT.ADDRESS)}; V.setInt32(${HIDDEN.ASKING} >>> 0, p, true); return 0; }
  V.setInt32(p + ${AT.LEFT} >>> 0, n, true);
  R[${S.BUDGET}] = R[${S.BUDGET}] - V.getUint8(p + ${AT.INSTRUCTIONS} >>> 0) | 0;
  return GO;`;
/**
 * Runs the translation and those that follow, and goes on here with what has none. Not where a link should be made to a translation, nor where instructions are
 * executed one by one from here on: that is JavaScript's.
 */
const TRANSLATED = `const a = ${word(AT.ADDRESS)}; const place = ${word(AT.PLACE)}; const h = ((a ^ a >>> 13) & ${LOOKUPS - 1}) << 3;
  R[${S.EIP}] = a;
  V.setInt32(h + ${HIDDEN.LOOKUP} >>> 0, a, true);
  V.setInt32(h + ${HIDDEN.LOOKUP + 4} >>> 0, place, true);
  const before = R[${S.BUDGET}];
  const k = RUN(place);
  V.setInt32(${HIDDEN.TRANSLATED} >>> 0, V.getInt32(${HIDDEN.TRANSLATED} >>> 0, true) + before - R[${S.BUDGET}] | 0, true);
  R[${S.CODE_CHANGED}] = 0;
  R[${S.DEPTH}] = 0;
  R[${S.EXPECTED}] = 0;
  if (R[${S.BUDGET}] < 0) return 0;
  if ((R[${S.BAIL}] | R[${S.EXIT}]) !== 0) return 0;
  if (k === 1) return FOUND;
  if ((R[${S.SYSTEM_FLAGS}] & ${F.TF | F.AC} | R[${S.ODD}] & ${FLAT}) !== 0) return 0;
  const at = FL.known(R[${S.EIP}]);
  if (at === 0) return 0;
  const begins = V.getInt32(at >>> 0, true) & 65535;
  if (begins !== ${FUNCTIONS.HEAD} && begins - ${FIRST_SEQUENCE} >>> 0 >= ${SEQUENCES.heads.length}) return 0;
  R[${S.PENDING}] = 0;
  return TAIL(at);`;
const GONE = `R[${S.EIP}] = ${word(AT.ADDRESS)}; return 0;`;

let made: QuickModule | undefined;

export function quickModule(): QuickModule {
  return (made ??= makeQuickModule());
}

export function makeQuickModule(): QuickModule {
  const imports: Import[] = [{ signature: QUICK, value: () => 0 }, { signature: QUICK, value: () => 0 }, { signature: PAIR, value: () => 0 }];
  const known = new Map<string, Callee>([["EXECUTE", 0], ["RUN", 1]].map(([name, index]) => [name, { index, parameters: [V.INT], result: V.INT }] as [string, Callee]));
  known.set("FL.foreign", { index: 2, parameters: [V.INT, V.INT], result: V.INT });
  const around: Surroundings = { ...NOTHING, named: (name) => known.get(name) };
  // the interpreter comes first, and what it calls behind
  const helpers: FunctionBody[] = [];
  /** A function beside the interpreter, and the names that it is called by. */
  const help = (names: readonly string[], parameters: readonly string[], text: string) => {
    const index = imports.length + SHAPES.length + helpers.length;
    helpers.push(lower(text, { ...around, parameters: parameters.map((name) => [name, V.INT] as const), result: I32 }));
    for (const name of names) known.set(name, { index, parameters: parameters.map(() => V.INT), result: V.INT });
  };
  help(["FL.join"], ["s", "behind"], JOIN_TEXT);
  help(["FL.scan"], ["e"], SCAN_TEXT);
  help(["LOOK", "FL.look"], ["e"], LOOK_TEXT);
  help(["LINK"], ["l", "e"], LINK_TEXT);
  help(["FL.known"], ["e"], KNOWN_TEXT);
  for (const f of FLAG_FUNCTIONS) {
    const parameters = f.parameters.map((p) => [p, V.INT] as const);
    known.set(`FL.${f.name}`, { index: imports.length + SHAPES.length + helpers.length, parameters: parameters.map(([, kind]) => kind), result: f.truth ? V.BOOL : V.INT });
    helpers.push(lower(f.body, { ...around, parameters, result: typeOf(V.INT) }));
  }
  const numbers: Record<string, Record<number, number>> = {}, sequences: number[][] = [], semantics = allSemantics();
  const keyOf = ({ kinds: [a, b, c], size, cc, based }: Shape) => quickKey(a, b, c, size, cc, based);
  const add = (it: Shape, number: number) => ((numbers[it.mnemonic] ??= {})[keyOf(it)] = number);
  const numberOf = (it: Shape): number => numbers[it.mnemonic][keyOf(it)];
  let names = 0;
  const textOf = (it: Shape) => quickText(it, names++, sourceOf(semantics[it.mnemonic]));
  const cases = [[HEAD, TRANSLATED, GONE, "return SLOW;", "return TAKEN;"], []];
  let number: number = FUNCTIONS.SHAPES;
  for (const it of SHAPES[0]) {
    add(it, number++);
    cases[0].push(textOf(it));
  }
  for (const [k, shapes] of [...SEQUENCES.heads.map((it) => [it]), ...SEQUENCES.others].entries()) {
    const isHead = k < SEQUENCES.heads.length;
    sequences.push([number, ...(isHead ? [FUNCTIONS.HEAD] : []), ...shapes.map(numberOf)]);
    const texts = [...(isHead ? [HEAD] : []), ...shapes.map(textOf)];
    const { mnemonic, cc } = shapes[shapes.length - 1];
    if (mnemonic === "Jcc") texts[texts.length - 1] = jumpBehind(texts[texts.length - 2], cc);
    cases[0].push(texts.map((text, n) => (n < texts.length - 1 ? ahead(text) : text)).join("\n"));
    number++;
  }
  for (const it of SHAPES[1]) {
    add(it, number++);
    cases[1].push(textOf(it));
  }
  const functions = [interpreter(cases[0], 0, 1), interpreter(cases[1], cases[0].length, 0)].map((text) => lowerQuick(text, around));
  // the two loops; for JavaScript's records and for tests, what joins sequences and the scanner
  const exported = SHAPES.length + 2, data = { at: HIDDEN.SCAN, bytes: scanTable(numbers, sequences) };
  return { sequences, numbers, bytes: encodeModule({ imports, functions: [...functions, ...helpers], table: { size: 1, own: true }, exported, data }) };
}

/** The text of a function, to have another one behind it. */
function ahead(text: string): string {
  const parts = text.split("return GO;");
  if (parts.length !== 2 || parts[1] !== "") throw new Error(`no way on behind ${text}`);
  return `${parts[0]}p = p + ${RECORD} | 0;`;
}

/** The text of a conditional jump behind that of a comparison. */
function jumpBehind(comparison: string, cc: number): string {
  const [kind, a, b, r] = [S.FLAGS, S.FLAG_A, S.FLAG_B, S.FLAG_R].map((n) => new RegExp(`R\\[${n}\\] = ([^;]*);`).exec(comparison)?.[1] ?? "");
  return `if (${conditionText(cc, flagsOf(Number(kind), a, b, r))}) { return TAKEN; } return FALL;`;
}

/** A loop that executes record after record, `cases` being what those from the first on do, and function `other` the others. */
const interpreter = (cases: readonly string[], first: number, other: number): string => `
  L: for (;;) {
    FOUND: {
      SLOW: {
        switch (FUNCTION - ${first} | 0) {
          ${cases.map((text, k) => `case ${k}: ${text}`).join("\n")}
          default: return OTHER${other};
        }
      }
      ${EXECUTE}
    }
    ${FOUND}
  }`;
