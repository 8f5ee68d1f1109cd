// c0: link to 1000015
// c1: link to 1000011
function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  // 1000000 SHLD
  const a$0 = r2;
  const b$1 = r0;
  const high$2 = (b$1 >>> 29);
  const r$3 = ((a$0 << 3) | high$2);
  r2 = r$3;
  const carry$4 = ((a$0 >>> 29) & 1);
  // 1000004 SHL
  const a$5 = r0;
  const r$6 = ((a$5 << 3) | 0);
  r0 = r$6;
  const carry$7 = (((a$5 << 2) >>> 31) & 1);
  // 1000007 SHRD
  const c$8 = (r1 & 31);
  const a$9 = r0;
  const b$10 = r2;
  const low$11 = (b$10 << (32 - c$8));
  const r$12 = ((a$9 >>> c$8) | ((c$8 === 0) ? 0 : low$11));
  r0 = r$12;
  const carry$13 = ((a$9 >>> (c$8 - 1)) & 1);
  // 100000a SHR
  const c$14 = (r1 & 31);
  const a$15 = r2;
  const r$16 = (a$15 >>> c$14);
  r2 = r$16;
  // 100000c TEST
  const f$17 = (r1 & 32);
  // 100000f Jcc
  if ((f$17 === 0)) {
    R[0] = r0; R[2] = r2; R[10] = 4; R[13] = f$17; R[9] = 16777237; return c0.fn;
  }
  R[0] = r0; R[2] = r2; R[10] = 4; R[13] = f$17; R[9] = 16777233; return c1.fn;
}

function region() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  next: {
    bail: {
      B1: {
        // 1000000 SHLD
        const a$0 = r2;
        const b$1 = r0;
        const high$2 = (b$1 >>> 29);
        const r$3 = ((a$0 << 3) | high$2);
        r2 = r$3;
        const carry$4 = ((a$0 >>> 29) & 1);
        // 1000004 SHL
        const a$5 = r0;
        const r$6 = ((a$5 << 3) | 0);
        r0 = r$6;
        const carry$7 = (((a$5 << 2) >>> 31) & 1);
        // 1000007 SHRD
        const c$8 = (r1 & 31);
        const a$9 = r0;
        const b$10 = r2;
        const low$11 = (b$10 << (32 - c$8));
        const r$12 = ((a$9 >>> c$8) | ((c$8 === 0) ? 0 : low$11));
        r0 = r$12;
        const carry$13 = ((a$9 >>> (c$8 - 1)) & 1);
        // 100000a SHR
        const c$14 = (r1 & 31);
        const a$15 = r2;
        const r$16 = (a$15 >>> c$14);
        r2 = r$16;
        // 100000c TEST
        const f$17 = (r1 & 32);
        // 100000f Jcc
        if ((f$17 === 0)) {
          fk = 4; fa = 0; fb = 0; fr = f$17;
          break B1;
        }
        // 1000011 MOV
        r0 = r2;
        // 1000013 XOR
        r2 = 0;
        fk = 4; fa = 0; fb = 0; fr = 0;
        break B1;
      }
      // 1000015 RET
      const a$18 = r4;
      let v$19 = 0;
      if ((a$18 & 3) !== 0 && (a$18 & 4095) > 4092 && (P[a$18 >>> 12] & P[a$18 + 3 >>> 12] & 1) === 0 || (v$19 = V.getInt32(a$18 >>> 0, true)) === 0 && (P[a$18 >>> 12] & 1) === 0) { pc = 16777237; break bail; }
      r4 = r4 + 4 | 0;
      pc = v$19; break next;
    }
    R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
