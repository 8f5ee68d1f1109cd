// c0: link to 1000018
// c1: link to 100000e
function block() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r4 = R[4], r5 = R[5], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 PUSH
    const x$0 = r5;
    const a$1 = r4 - 4 | 0;
    const gb$0 = (a$1 + (-28) | 0);
    if ((P[gb$0 >>> 12] & P[gb$0 + 31 >>> 12]) >= 0) { pc = 16777216; break bail; }
    V.setInt32(gb$0 + 28 >>> 0, x$0, true);
    r4 = a$1;
    // 1000001 PUSH
    const x$2 = r7;
    const a$3 = r4 - 4 | 0;
    V.setInt32(gb$0 + 24 >>> 0, x$2, true);
    r4 = a$3;
    // 1000002 PUSH
    const x$4 = r6;
    const a$5 = r4 - 4 | 0;
    V.setInt32(gb$0 + 20 >>> 0, x$4, true);
    r4 = a$5;
    // 1000003 SUB
    const a$6 = r4;
    const r$7 = ((a$6 - 28) | 0);
    r4 = r$7;
    // 1000006 MOV
    const x$8 = r0;
    const a$9 = (r4 + 8 | 0);
    V.setInt32(gb$0 >>> 0, x$8, true);
    // 100000a TEST
    const f$10 = r0;
    // 100000c Jcc
    if ((f$10 === 0)) {
      R[4] = r4; R[10] = 4; R[13] = f$10; R[9] = 16777240; return c0.fn;
    }
    R[4] = r4; R[10] = 4; R[13] = f$10; R[9] = 16777230; return c1.fn;
  }
  R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r2 = R[2], r4 = R[4], r5 = R[5], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  next: {
    bail: {
      B1: {
        // 1000000 PUSH
        const x$0 = r5;
        const a$1 = r4 - 4 | 0;
        const gb$0 = (a$1 + (-28) | 0);
        if ((P[gb$0 >>> 12] & P[gb$0 + 39 >>> 12]) >= 0) { pc = 16777216; break bail; }
        V.setInt32(gb$0 + 28 >>> 0, x$0, true);
        r4 = a$1;
        // 1000001 PUSH
        const x$2 = r7;
        const a$3 = r4 - 4 | 0;
        V.setInt32(gb$0 + 24 >>> 0, x$2, true);
        r4 = a$3;
        // 1000002 PUSH
        const x$4 = r6;
        const a$5 = r4 - 4 | 0;
        V.setInt32(gb$0 + 20 >>> 0, x$4, true);
        r4 = a$5;
        // 1000003 SUB
        const a$6 = r4;
        const r$7 = ((a$6 - 28) | 0);
        r4 = r$7;
        // 1000006 MOV
        const x$8 = r0;
        const a$9 = (r4 + 8 | 0);
        V.setInt32(gb$0 >>> 0, x$8, true);
        // 100000a TEST
        const f$10 = r0;
        // 100000c Jcc
        if ((f$10 === 0)) {
          break B1;
        }
        // 100000e MOV
        const a$11 = (r4 + 44 | 0);
        const v$12 = V.getInt32(gb$0 + 36 >>> 0, true);
        r0 = v$12;
        // 1000012 MUL
        const a$13 = r0;
        const b$14 = r7;
        const high$15 = ((((a$13 >>> 0) * (b$14 >>> 0) - (Math.imul(a$13, b$14) >>> 0)) * 2.3283064365386963e-10 + 0.5) | 0);
        r0 = (Math.imul(a$13, b$14) | 0);
        r2 = high$15;
        // 1000014 ADD
        const a$16 = (r4 + 12 | 0);
        const v$17 = V.getInt32(gb$0 + 4 >>> 0, true);
        const b$18 = r0;
        const r$19 = ((v$17 + b$18) | 0);
        const a$20 = (r4 + 12 | 0);
        V.setInt32(gb$0 + 4 >>> 0, r$19, true);
        break B1;
      }
      // 1000018 ADD
      const a$21 = r4;
      const r$22 = ((a$21 + 28) | 0);
      r4 = r$22;
      // 100001b RET
      const a$23 = r4;
      let v$24 = 0;
      if ((a$23 & 3) !== 0 && (a$23 & 4095) > 4092 && (P[a$23 >>> 12] & P[a$23 + 3 >>> 12] & 1) === 0 || (v$24 = V.getInt32(a$23 >>> 0, true)) === 0 && (P[a$23 >>> 12] & 1) === 0) { fk = 1; fa = a$21; fb = 28; fr = r$22; pc = 16777243; break bail; }
      r4 = r4 + 4 | 0;
      fk = 1; fa = a$21; fb = 28; fr = r$22; pc = v$24; break next;
    }
    R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
