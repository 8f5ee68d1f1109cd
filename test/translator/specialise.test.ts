// The specialiser on small functions: what is folded, what stays for run time, and what has no inline form.
import { describe, expect, test } from "vitest";
import { decode } from "../../src/decoder/index.ts";
import type { Instruction } from "../../src/decoder/instruction.ts";
import type { Semantic } from "../../src/semantics/machine.ts";
import { flagsOf, IN_LOCALS } from "../../src/translator/conditions.ts";
import { type FlowState, type Intrinsics, type Output, specialise } from "../../src/translator/specialise.ts";
import { code, constant, name, text, Unsupported, type Value } from "../../src/translator/value.ts";

function instruction(...bytes: number[]): Instruction {
  const insn = decode(Uint8Array.from([...bytes, ...Array.from({ length: 16 }, () => 0x90)]), 0, 0x1000);
  if (typeof insn === "number") throw new Error("cannot be decoded");
  return insn;
}

const ADD32 = instruction(0x01, 0xd8); // add %ebx,%eax
const ADD8 = instruction(0x00, 0xd8); // add %bl,%al
const JL = instruction(0x7c, 0x00); // jl

/** Specialises with a machine whose words are written as calls on `m`; `fit` and `mulhu` too, so that folding shows. */
function run(semantic: Semantic, insn: Instruction = ADD32) {
  let lines: string[] = [];
  let names = 0;
  const out: Output = {
    depth: 0,
    emit: (line) => void lines.push(line),
    capture(body) {
      const outer = lines;
      const inner: string[] = (lines = []);
      try {
        body();
      } finally {
        lines = outer;
      }
      return inner;
    },
    here: () => lines.length,
    insert: (place, line) => void lines.splice(place, 0, line),
    cut: (place) => lines.splice(place),
    fresh: (base) => `${base}${names++}`,
    atom(v, base) {
      if (v.kind !== "code" || v.stable) return v;
      const n = out.fresh(base);
      lines.push(`const ${n} = ${v.text};`);
      return name(n);
    },
  };
  let state: FlowState = { flags: IN_LOCALS, lanes: { halves: [], start: undefined, pending: undefined, proven: new Set(), mark: 0, history: undefined }, x87: undefined };
  const write = (object: string) => (method: string, args: readonly Value[]): Value | undefined => {
    const given = args.map((a) => (a.kind === "known" ? `op${[insn.op0, insn.op1, insn.op2, insn.op3].indexOf(a.object as never)}` : text(a)));
    const call = `${object}.${method}(${given.join(", ")})`;
    if (/^(?:set|flags|put|store|push|jump|fault|note)/.test(method)) {
      if (method.startsWith("flags")) state = { ...state, flags: flagsOf(method.length, given[0], given[1] ?? "0", given[2] ?? "0") };
      out.emit(`${call};`);
      return undefined;
    }
    return code(call);
  };
  const intrinsics: Intrinsics = {
    machine: write("m"), x87: write("m.x87"), vector: write("m.vec"),
    save: () => ({ ...state }),
    restore: (to) => void (state = { ...to }),
    flagsMatter: () => true,
    closed() {},
    settle() {
      if (state.flags !== IN_LOCALS) out.emit(`settle(${state.flags.kind});`);
      state = { ...state, flags: { ...IN_LOCALS, kind: state.flags.kind } };
    },
  };
  const completion = specialise(semantic, insn, out, intrinsics);
  return { completion, lines, flags: state.flags, text: lines.join("\n") };
}

describe("what is known now", () => {
  test("a branch on the operand size leaves no trace", () => {
    const semantic: Semantic = (m, i) => {
      if (i.size === 1) m.setReg(0, 1, 7);
      else m.setReg(0, i.size, 8);
    };
    expect(run(semantic, ADD8).lines).toEqual(["m.setReg(0, 1, 7);"]);
    expect(run(semantic, ADD32).lines).toEqual(["m.setReg(0, 4, 8);"]);
  });

  test("arithmetic, comparisons, logic and Math on constants are computed", () => {
    const r = run((m, i) => {
      const bits = i.size * 8;
      const low = (1 << (bits - 1)) - 1;
      m.setReg(0, 4, low);
      m.setReg(1, 4, ~low >>> 28);
      m.setReg(2, 4, Math.imul(low, 3) ^ -1);
      m.setReg(3, 4, i.cc === 12 && bits > 8 ? -1 : bits % 3);
      m.setReg(4, 4, !(bits <= 8) || i.rep !== 0 ? 1 : 0);
    }, ADD8);
    expect(r.lines).toEqual(["m.setReg(0, 4, 127);", "m.setReg(1, 4, 15);", `m.setReg(2, 4, (-${(381 ^ -1) * -1}));`, "m.setReg(3, 4, 2);", "m.setReg(4, 4, 0);"]);
  });

  test("properties of operands and of the row are constants", () => {
    const r = run((m, i) => {
      m.setReg(i.op0.reg, i.op0.size, i.op1.reg);
      m.jump(i.op0.imm + i.next + i.row.flagsRead);
    }, JL);
    expect(r.lines).toEqual(["m.setReg(0, 4, 0);", `m.jump(${0x1002 + 0x1002 + 0x880});`]);
    expect(r.completion).toBe("left");
  });

  test("a loop with known bounds is unrolled", () => {
    expect(run((m, i) => {
      for (let k = 0; k < i.size; k++) m.store(k * 2, 1, 3 - k);
    }).lines).toEqual(["m.store(0, 1, 3);", "m.store(2, 1, 2);", "m.store(4, 1, 1);", "m.store(6, 1, 0);"]);
    expect(run((m) => {
      for (let k = 6; k >= 0; k -= 3) m.store(k, 1, 0);
    }).lines).toEqual(["m.store(6, 1, 0);", "m.store(3, 1, 0);", "m.store(0, 1, 0);"]);
  });

  test("an early return that is always reached drops the rest", () => {
    const r = run((m, i) => {
      m.setReg(0, 4, 1);
      if (i.size === 4) return;
      m.setReg(0, 4, 2);
    });
    expect(r.lines).toEqual(["m.setReg(0, 4, 1);"]);
    expect(r.completion).toBe("next");
  });
});

describe("what is known when the code runs", () => {
  test("locals: a value is computed once, an assigned one is a variable", () => {
    const r = run((m, i) => {
      const a = m.get(i.op0);
      let n = a + 1;
      n += a;
      n++;
      m.set(i.op1, n);
    });
    expect(r.lines).toEqual(["const a0 = m.get(op0);", "let n1 = (a0 + 1);", "n1 += a0;", "n1++;", "m.set(op1, n1);"]);
  });

  test("if and else", () => {
    const r = run((m, i) => {
      const a = m.get(i.op0);
      if (a < 0) m.setReg(0, 4, 1);
      else if (a === 0) m.setReg(0, 4, 2);
      m.setReg(1, 4, a);
    });
    expect(r.lines).toEqual([
      "const a0 = m.get(op0);", "if ((a0 < 0)) {", "m.setReg(0, 4, 1);", "} else {", "if ((a0 === 0)) {", "m.setReg(0, 4, 2);", "}", "}", "m.setReg(1, 4, a0);",
    ]);
    expect(r.completion).toBe("next");
  });

  test("a return under a condition leaves a labelled block", () => {
    const r = run((m, i) => {
      const c = m.get(i.op1);
      if (c === 0) return;
      m.setReg(0, 4, c);
    });
    expect(r.lines).toEqual(["done1: {", "const c0 = m.get(op1);", "if ((c0 === 0)) {", "break done1;", "}", "m.setReg(0, 4, c0);", "}"]);
    expect(r.completion).toBe("next");
  });

  test("both ways jump: nothing follows", () => {
    expect(run((m, i) => {
      if (m.cond(i.cc)) m.jump(i.op0.imm);
      else m.jump(i.next);
    }, JL).completion).toBe("left");
    expect(run((m, i) => {
      if (m.cond(i.cc)) m.jump(i.op0.imm);
    }, JL).completion).toBe("next");
  });

  test("what is known of the flags survives a condition when both ways agree", () => {
    expect(run((m, i) => {
      if (m.zf()) m.flagsAdd(1, 2, 3);
      else m.flagsAdd(3, 4, 7);
      m.setReg(0, 4, i.size);
    }).flags).toEqual({ ...IN_LOCALS, kind: "flagsAdd".length });
    expect(run((m, i) => {
      m.flagsAdd(1, 2, 3);
      if (m.zf()) m.flagsLogic(i.size);
    }).flags).toEqual(IN_LOCALS);
    expect(run((m, i) => {
      if (m.zf()) return;
      m.flagsLogic(i.size);
    }).flags).toEqual(IN_LOCALS);
  });

  test("conditional expressions: plain ones stay expressions, statements inside become an if", () => {
    expect(run((m, i) => {
      m.set(i.op0, m.zf() ? 1 : -1);
    }).lines).toEqual(["m.set(op0, (m.zf() ? 1 : (-1)));"]);
  });

  test("the right side of && counts only when it is reached", () => {
    expect(run((m, i) => {
      if (m.zf() !== 0 && m.cf() === 0) m.set(i.op0, 0);
    }).text).toContain("((m.zf() !== 0) && (m.cf() === 0))");
    expect(run((m, i) => {
      if (i.size === 1 && m.cf() === 0) m.set(i.op0, 0);
    }).lines).toEqual([]);
  });

  test("vector and x87 words", () => {
    expect(run((m, i) => {
      m.x87.note(i.address, i.opcode, i.modrm);
      m.vec.setI32(1, 2, m.vec.i32(3, 0));
    }).lines).toEqual([`m.x87.note(4096, 1, ${0xd8});`, "m.vec.setI32(1, 2, m.vec.i32(3, 0));"]);
  });
});

describe("no inline form", () => {
  const declined: Record<string, Semantic> = {
    "a loop at run time": (m) => {
      let n = m.reg(1, 4);
      while (n !== 0) n--;
    },
    "a for loop with a bound from the machine": (m) => {
      for (let k = 0; k < m.reg(1, 4); k++) m.setReg(0, 4, k);
    },
    "a loop of more turns than are unrolled": (m) => {
      for (let k = 0; k < 1000; k++) m.setReg(0, 4, k);
    },
    "a string": (m, i) => {
      if (i.row.mnemonic === "ADD") m.setReg(0, 4, 1);
    },
    "a call of something else": (m) => {
      m.setReg(0, 4, Number(3));
    },
    "an object as a number": (m, i) => {
      m.setReg(0, 4, (i.op0 as unknown as number) + 1);
    },
  };
  test.each(Object.entries(declined))("%s", (_name, semantic) => {
    expect(() => run(semantic)).toThrow(Unsupported);
  });
});

test("literals keep negative zero, negative numbers and NaN", () => {
  const r = run((m) => {
    m.setReg(0, 4, -0);
    m.setReg(0, 4, -5 - -3);
    m.setReg(0, 4, 0 / 0);
    m.setReg(0, 4, m.zf() - -5);
  });
  expect(r.lines).toEqual(["m.setReg(0, 4, (-0));", "m.setReg(0, 4, (-2));", "m.setReg(0, 4, NaN);", "m.setReg(0, 4, (m.zf() + 5));"]);
  expect(text(constant(-0))).toBe("(-0)");
});
