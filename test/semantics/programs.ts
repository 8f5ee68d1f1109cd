// Small random programs with control flow: branches, loops, calls, indirect jumps, string instructions and flags saved on the
// stack, around the instructions of sequences.ts. They show what straight lines cannot: blocks linked to each other, regions, flags and
// registers that live across edges. Every program ends, by construction.

import { generator, hashText } from "./cases.ts";
import type { Form } from "./forms.ts";
import { START, WINDOW } from "./layout.ts";
import { pieces } from "./sequences.ts";

const PROGRAMS = 24; // forms
const CODES = 16; // programs in a form
const LONGEST = 420; // bytes before the functions
/** Loop counters in memory, behind what instructions write. */
const COUNTERS = [WINDOW + 112, WINDOW + 116];

function le(v: number): number[] {
  return [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];
}

/** One program, as machine code for START, of the encodings in `kinds` and its own jumps. */
export function program(below: (n: number) => number, kinds: readonly (readonly number[])[][]): number[] {
  const code: number[] = [];
  /** Places of 4-byte relative displacements (or, absolute, addresses) to be set to where function f begins. */
  const calls: { at: number; callee: number; absolute: boolean }[] = [];

  const emit = (...bytes: readonly number[]): void => void code.push(...bytes);
  const straight = (most: number): void => {
    for (let k = below(most + 1); k > 0; k--) {
      const kind = kinds[below(kinds.length)];
      emit(...kind[below(kind.length)]);
    }
  };
  const patch = (at: number, target: number): void => {
    le(target - (at + 4)).forEach((b, k) => (code[at + k] = b));
  };
  /** A forward jump; returns the place of its displacement. */
  const forward = (...opcode: readonly number[]): number => {
    emit(...opcode, 0, 0, 0, 0);
    return code.length - 4;
  };

  const body = (depth: number, loops: number): void => {
    for (let k = 1 + below(4); k > 0 && code.length < LONGEST; k--) {
      straight(4);
      if (depth === 0) continue;
      switch (below(9)) {
        case 0: case 1: { // if, perhaps else
          const skip = forward(0x0f, 0x80 | below(16));
          body(depth - 1, loops);
          if (below(2) === 0) {
            const end = forward(0xe9);
            patch(skip, code.length);
            body(depth - 1, loops);
            patch(end, code.length);
          } else patch(skip, code.length);
          break;
        }
        case 2: case 3: { // a counted loop, in ESI or in memory
          if (loops === 0) break;
          const turns = 1 + below(6);
          const counter = COUNTERS[loops - 1];
          const register = loops === 2;
          if (register) emit(0xbe, ...le(turns));
          else emit(0xc7, 0x05, ...le(counter), ...le(turns));
          const top = code.length;
          body(depth - 1, loops - 1);
          if (register) emit(0x4e);
          else emit(0xff, 0x0d, ...le(counter));
          const back = top - (code.length + 2);
          if (back >= -128) emit(0x75, back & 0xff);
          else patch(forward(0x0f, 0x85), top);
          break;
        }
        case 4: // a call, direct or through EDI
          if (below(2) === 0) calls.push({ at: forward(0xe8), callee: below(3), absolute: false });
          else {
            calls.push({ at: forward(0xbf), callee: below(3), absolute: true });
            emit(0xff, 0xd7);
          }
          break;
        case 5: { // an indirect jump over some bytes that are never reached
          emit(0xbf, ...le(START + code.length + 9), 0xff, 0xe7, 0x0f, 0x0b);
          break;
        }
        case 6: // the flags as a number
          emit(0x9c, [0x58, 0x59, 0x5a, 0x5d][below(4)]);
          break;
        case 7: { // a string instruction within the window, forwards or backwards; ESI may be a loop counter
          const down = below(4) === 0;
          emit(0x56, 0xbe, ...le(WINDOW + (down ? 92 : 4) + below(4)), 0xbf, ...le(WINDOW + (down ? 60 : 36) + below(4)), 0xb9, ...le(below(7)));
          emit(down ? 0xfd : 0xfc);
          emit(...[[], [0xf3], [0xf2]][below(3)], ...(below(4) === 0 ? [0x66] : []), [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf][below(10)]);
          emit(0x5e);
          break;
        }
        default: // a value through the stack
          emit([0x50, 0x51, 0x52, 0x55][below(4)]);
          straight(2);
          emit([0x58, 0x59, 0x5a, 0x5d][below(4)]);
      }
    }
  };

  body(3, 2);
  straight(3);
  emit(0xcc);
  const entries: number[] = [];
  for (let f = 0; f < 3; f++) {
    entries.push(code.length);
    straight(4);
    if (below(2) === 0) {
      const skip = forward(0x0f, 0x80 | below(16));
      straight(2);
      emit(0xc3);
      patch(skip, code.length);
    }
    straight(2);
    emit(0xc3);
  }
  for (const { at, callee, absolute } of calls) {
    if (absolute) le(START + entries[callee]).forEach((b, k) => (code[at + k] = b));
    else patch(at, entries[callee]);
  }
  return code;
}

let made: readonly Form[] | undefined;

/** The programs, as forms. */
export function programs(): readonly Form[] {
  if (made !== undefined) return made;
  const kinds = pieces();
  const forms: Form[] = [];
  for (let f = 0; f < PROGRAMS; f++) {
    const name = `program ${f}`;
    const next = generator(hashText(name));
    const below = (n: number): number => (next() >>> 0) % n;
    const codes: number[][] = [];
    while (codes.length < CODES) {
      const code = program(below, kinds);
      if (code.length <= 640) codes.push(code);
    }
    forms.push({ name, mnemonic: "program", operands: "", size: 4, codes, fp: false });
  }
  made = forms;
  return forms;
}
