function block() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 ADD
    const a$0 = r0;
    const a$1 = (r6 + 8 | 0);
    let v$2 = 0;
    if ((a$1 & 3) !== 0 && (a$1 & 4095) > 4092 && (P[a$1 >>> 12] & P[a$1 + 3 >>> 12] & 1) === 0 || (v$2 = V.getInt32(a$1 >>> 0, true)) === 0 && (P[a$1 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const r$3 = ((a$0 + v$2) | 0);
    r0 = r$3;
    // 1000003 ADC
    const a$4 = r2;
    const a$5 = (r6 + 12 | 0);
    let v$6 = 0;
    if ((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 && (P[a$5 >>> 12] & P[a$5 + 3 >>> 12] & 1) === 0 || (v$6 = V.getInt32(a$5 >>> 0, true)) === 0 && (P[a$5 >>> 12] & 1) === 0) { fk = 1; fa = a$0; fb = v$2; fr = r$3; pc = 16777219; break bail; }
    const r$7 = (((a$4 + v$6) + (r$3 >>> 0 < a$0 >>> 0 ? 1 : 0)) | 0);
    r2 = r$7;
    // 1000006 SUB
    const a$8 = r0;
    const b$9 = r3;
    const r$10 = ((a$8 - b$9) | 0);
    r0 = r$10;
    // 1000008 SBB
    const a$11 = r2;
    const b$12 = r1;
    const r$13 = (((a$11 - b$12) - (a$8 >>> 0 < b$9 >>> 0 ? 1 : 0)) | 0);
    r2 = r$13;
    // 100000a MOV
    const x$14 = r0;
    const a$15 = r7;
    const gb$1 = (a$15 + 0 | 0);
    if ((P[gb$1 >>> 12] & P[gb$1 + 7 >>> 12]) >= 0) { fk = 3; fa = a$11; fb = b$12; fr = r$13; pc = 16777226; break bail; }
    V.setInt32(gb$1 >>> 0, x$14, true);
    // 100000c MOV
    const x$16 = r2;
    const a$17 = (r7 + 4 | 0);
    V.setInt32(gb$1 + 4 >>> 0, x$16, true);
    // 100000f RET
    const a$18 = r4;
    let v$19 = 0;
    if ((a$18 & 3) !== 0 && (a$18 & 4095) > 4092 && (P[a$18 >>> 12] & P[a$18 + 3 >>> 12] & 1) === 0 || (v$19 = V.getInt32(a$18 >>> 0, true)) === 0 && (P[a$18 >>> 12] & 1) === 0) { fk = 3; fa = a$11; fb = b$12; fr = r$13; pc = 16777231; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[2] = r2; R[4] = r4; R[10] = 3; R[11] = a$11; R[12] = b$12; R[13] = r$13; R[9] = v$19; return NEXT;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
