// Every semantic function keeps the rules that let the translator inline it (see src/semantics/machine.ts), and every row of
// the opcode tables has one.

import { describe, expect, it } from "vitest";
import { allRows } from "../../src/decoder/index.ts";
import { allSemantics, semanticOf } from "../../src/semantics/index.ts";
import { violations } from "../support/closed.ts";

describe("semantic functions are closed", () => {
  for (const [mnemonic, semantic] of Object.entries(allSemantics())) {
    it(mnemonic, () => {
      expect(violations(semantic.toString())).toEqual([]);
    });
  }

  it("and the check sees what it must not let pass", () => {
    const bad = {
      "free name x": "(m, i) => { m.set(i.op0, x); }",
      "calls f": "(m, i) => { f(i); }",
      "SwitchStatement": "(m, i) => { switch (i.size) {} }",
      "ArrowFunctionExpression": "(m, i) => { const f = () => 1; }",
      "reads i.row.mnemonic": "(m, i) => { m.setSp(i.row.mnemonic); }",
      "returns a value": "(m, i) => { return 1; }",
      "assigns": "(m, i) => { i = 1; }",
      "calls m.x87.a.b": "(m, i) => { m.x87.a.b(); }",
      "free name y": "(m, i) => { if (m.cf() === 0) { const y = 1; } m.setSp(y); }",
    };
    for (const [what, source] of Object.entries(bad)) {
      expect(violations(source).join(), source).toContain(what);
    }
  });
});

describe("every row of the opcode tables has a semantic function", () => {
  it("but for undefined and privileged rows, which have one in common", () => {
    const rows = allRows();
    expect(rows.length).toBeGreaterThan(900);
    const missing = new Set<string>();
    for (const row of rows) if (semanticOf(row) === undefined) missing.add(row.mnemonic);
    expect([...missing]).toEqual([]);
  });

  it("and no function is without a row", () => {
    const mnemonics = new Set(allRows().map((row) => row.mnemonic));
    expect(Object.keys(allSemantics()).filter((name) => !mnemonics.has(name) && !name.startsWith("#"))).toEqual([]);
  });
});
