// c0: link to 1000016
// c1: link to 100000c
function block() {
  if ((R[23] = R[23] - 4 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  // 1000000 ADD
  const a$0 = (r0 << 16 >> 24);
  const b$1 = (r3 << 24 >> 24);
  const r$2 = ((a$0 + b$1) << 24 >> 24);
  r0 = r0 & -65281 | (r$2 & 255) << 8;
  // 1000002 ADD
  const a$3 = (r1 << 16 >> 16);
  const r$4 = ((a$3 + 4660) << 16 >> 16);
  r1 = r1 & -65536 | r$4 & 65535;
  // 1000007 CMP
  const a$5 = (r2 << 24 >> 24);
  // 100000a Jcc
  if ((a$5 >>> 0 < 10 >>> 0)) {
    R[0] = r0; R[1] = r1; R[10] = 2; R[11] = a$5; R[12] = 10; R[13] = ((a$5 - 10) << 24 >> 24); R[9] = 16777238; return c0.fn;
  }
  R[0] = r0; R[1] = r1; R[10] = 2; R[11] = a$5; R[12] = 10; R[13] = ((a$5 - 10) << 24 >> 24); R[9] = 16777228; return c1.fn;
}

function region() {
  if ((R[23] = R[23] - 4 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  next: {
    bail: {
      B1: {
        // 1000000 ADD
        const a$0 = (r0 << 16 >> 24);
        const b$1 = (r3 << 24 >> 24);
        const r$2 = ((a$0 + b$1) << 24 >> 24);
        r0 = r0 & -65281 | (r$2 & 255) << 8;
        // 1000002 ADD
        const a$3 = (r1 << 16 >> 16);
        const r$4 = ((a$3 + 4660) << 16 >> 16);
        r1 = r1 & -65536 | r$4 & 65535;
        // 1000007 CMP
        const a$5 = (r2 << 24 >> 24);
        // 100000a Jcc
        if ((a$5 >>> 0 < 10 >>> 0)) {
          fk = 2; fa = a$5; fb = 10; fr = ((a$5 - 10) << 24 >> 24);
          break B1;
        }
        // 100000c SAR
        const a$6 = (r6 << 16 >> 16);
        const r$7 = (a$6 >> 3);
        r6 = r6 & -65536 | r$7 & 65535;
        // 1000010 MOVSX
        r0 = ((r0 << 16 >> 24) | 0);
        // 1000013 MOVZX
        r1 = ((r1 & 65535) | 0);
        fk = 5; fa = ((((a$6 >> 2) & 1) | 16) | 0); fb = 0; fr = r$7;
        break B1;
      }
      // 1000016 RET
      const a$8 = r4;
      let v$9 = 0;
      if ((a$8 & 3) !== 0 && (a$8 & 4095) > 4092 || (v$9 = V.getInt32(a$8 >>> 0, true)) === 0 && (P[a$8 >>> 12] & 1) === 0) { pc = 16777238; break bail; }
      r4 = r4 + 4 | 0;
      pc = v$9; break next;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
