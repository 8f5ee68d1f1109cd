// Decimal adjustments: AAA AAS AAM AAD DAA DAS, and SALC.
// Intel SDM volume 2 by mnemonic. Flags that the manual leaves undefined: docs/undefined-flags.md.
// Flag literals: CF 1, PF 4, AF 0x10, ZF 0x40, SF 0x80, OF 0x800. AL is register 0, AH register 4 of size 1.

import type { SemanticTable } from "./machine.ts";

export const bcd: SemanticTable = {
  AAA: (m, _i) => {
    const ax = m.reg(0, 2);
    const adjust = (ax & 15) > 9 || m.af() !== 0 ? 1 : 0;
    const r = adjust !== 0 ? m.fit(ax + 0x106, 2) : ax;
    m.setReg(0, 2, r & 0xff0f);
    m.flagsResult(r, adjust, (~ax & r) >>> 31, adjust);
  },
  AAS: (m, _i) => {
    const ax = m.reg(0, 2);
    const adjust = (ax & 15) > 9 || m.af() !== 0 ? 1 : 0;
    const r = adjust !== 0 ? m.fit(ax - 0x106, 2) : ax;
    m.setReg(0, 2, r & 0xff0f);
    m.flagsResult(r, adjust, (ax & ~r) >>> 31, adjust);
  },
  AAM: (m, i) => {
    const base = i.op0.imm & 0xff;
    if (base === 0) m.fault(0, 0);
    const al = m.reg(0, 1) & 0xff;
    const rest = al % base | 0;
    m.setReg(0, 2, (((al / base) | 0) << 8) | rest);
    m.flagsResult(m.fit(rest, 1), 0, 0, 0);
  },
  AAD: (m, i) => {
    const a = m.reg(0, 1);
    const b = m.fit(m.reg(4, 1) * i.op0.imm, 1);
    const r = m.fit(a + b, 1);
    m.setReg(0, 2, r & 0xff);
    m.flagsAdd(a, b, r);
  },
  DAA: (m, _i) => {
    const al = m.reg(0, 1) & 0xff;
    const af = (al & 15) > 9 || m.af() !== 0 ? 1 : 0;
    const cf = al > 0x99 || m.cf() !== 0 ? 1 : 0;
    const r = m.fit(al + af * 6 + cf * 0x60, 1);
    m.setReg(0, 1, r);
    m.flagsResult(r, cf, (~m.fit(al, 1) & r) >>> 31, af);
  },
  DAS: (m, _i) => {
    const al = m.reg(0, 1) & 0xff;
    const af = (al & 15) > 9 || m.af() !== 0 ? 1 : 0;
    const high = al > 0x99 || m.cf() !== 0 ? 1 : 0;
    const r = m.fit(al - af * 6 - high * 0x60, 1);
    m.setReg(0, 1, r);
    m.flagsResult(r, high !== 0 || (af !== 0 && al < 6) ? 1 : 0, (m.fit(al, 1) & ~r) >>> 31, af);
  },
  /** Undocumented by Intel until late: AL = CF ? 0xff : 0. */
  SALC: (m, _i) => {
    m.setReg(0, 1, 0 - m.cf());
  },
};
