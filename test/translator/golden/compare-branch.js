// c0: link to 1000016
// c1: link to 1000004
function block() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r0 = R[0], r3 = R[3], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  // 1000000 CMP
  const a$0 = r0;
  const b$1 = r3;
  // 1000002 Jcc
  if ((a$0 < b$1)) {
     R[10] = 2; R[11] = a$0; R[12] = b$1; R[13] = ((a$0 - b$1) | 0); R[9] = 16777238; return c0.fn;
  }
   R[10] = 2; R[11] = a$0; R[12] = b$1; R[13] = ((a$0 - b$1) | 0); R[9] = 16777220; return c1.fn;
}

function region() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  next: {
    bail: {
      B1: {
        // 1000000 CMP
        const a$0 = r0;
        const b$1 = r3;
        // 1000002 Jcc
        if ((a$0 < b$1)) {
          fk = 2; fa = a$0; fb = b$1; fr = ((a$0 - b$1) | 0);
          break B1;
        }
        // 1000004 CMP
        const a$2 = r1;
        // 1000007 Jcc
        if (!(a$2 >>> 0 <= 100 >>> 0)) {
          fk = 2; fa = a$2; fb = 100; fr = ((a$2 - 100) | 0);
          break B1;
        }
        // 1000009 TEST
        const f$3 = r2;
        // 100000b Jcc
        if ((f$3 < 0)) {
          fk = 4; fa = 0; fb = 0; fr = f$3;
          break B1;
        }
        // 100000d CMP
        const a$4 = r7;
        const b$5 = r6;
        // 100000f Jcc
        if ((a$4 === b$5)) {
          fk = 2; fa = a$4; fb = b$5; fr = ((a$4 - b$5) | 0);
          break B1;
        }
        // 1000011 CMP
        const a$6 = r0;
        const b$7 = r6;
        // 1000013 Jcc
        if ((FL.parity(2, ((a$6 - b$7) | 0)) !== 0)) {
          fk = 2; fa = a$6; fb = b$7; fr = ((a$6 - b$7) | 0);
          break B1;
        }
        // 1000015 INC
        const a$8 = r0;
        const r$9 = ((a$8 + 1) | 0);
        r0 = r$9;
        fk = 5; fa = (((a$6 >>> 0 < b$7 >>> 0 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | ((((~a$8) & r$9) >>> 31) << 11)); fb = 0; fr = r$9;
        break B1;
      }
      // 1000016 RET
      const a$10 = r4;
      let v$11 = 0;
      if ((a$10 & 3) !== 0 && (a$10 & 4095) > 4092 && (P[a$10 >>> 12] & P[a$10 + 3 >>> 12] & 1) === 0 || (v$11 = V.getInt32(a$10 >>> 0, true)) === 0 && (P[a$10 >>> 12] & 1) === 0) { pc = 16777238; break bail; }
      r4 = r4 + 4 | 0;
      pc = v$11; break next;
    }
    R[0] = r0; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[0] = r0; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
