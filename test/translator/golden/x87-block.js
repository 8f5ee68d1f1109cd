function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6], r7 = R[7];
  let pc = 0;
  bail: {
    // 1000000 FLD
    const x$0 = X87.pendingException();
    if (x$0) {
      pc = 16777216; break bail;
    }
    const a$1 = r6;
    if ((P[a$1 >>> 12] & P[a$1 + 7 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const v$2 = V.getFloat32(a$1 >>> 0, true);
    if ((v$2 === v$2)) {
      const x$3 = X87.loadF32(v$2);
    } else {
      let v$4 = 0;
      if ((a$1 & 3) !== 0 && (a$1 & 4095) > 4092 && (P[a$1 >>> 12] & P[a$1 + 3 >>> 12] & 1) === 0 || (v$4 = V.getInt32(a$1 >>> 0, true)) === 0 && (P[a$1 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
      const x$5 = X87.loadF32Bits(v$4);
    }
    const x$6 = X87.noteData(r6);
    const x$7 = X87.note(16777216, 217, 6);
    // 1000002 FMUL
    const x$8 = X87.pendingException();
    if (x$8) {
      pc = 16777218; break bail;
    }
    const a$9 = (r6 + 4 | 0);
    const v$10 = V.getFloat32(a$9 >>> 0, true);
    if ((v$10 === v$10)) {
      const x$11 = X87.arithF32(1, v$10);
    } else {
      let v$12 = 0;
      if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 && (P[a$9 >>> 12] & P[a$9 + 3 >>> 12] & 1) === 0 || (v$12 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { pc = 16777218; break bail; }
      const x$13 = X87.arithF32Bits(1, v$12);
    }
    const x$14 = X87.noteData((r6 + 4 | 0));
    const x$15 = X87.note(16777218, 216, 78);
    // 1000005 FNSTCW
    const x$16 = X87.getControlWord();
    const a$17 = r7;
    const gb$1 = (a$17 + 0 | 0);
    if ((P[gb$1 >>> 12] & P[gb$1 + 7 >>> 12]) >= 0) { pc = 16777221; break bail; }
    V.setInt16(gb$1 >>> 0, x$16, true);
    // 1000007 FISTP
    const x$18 = X87.pendingException();
    if (x$18) {
      pc = 16777223; break bail;
    }
    const a$19 = (r7 + 4 | 0);
    const x$20 = X87.toInt32();
    const x$21 = X87.delivered();
    if ((x$21 !== 0)) {
      if ((a$19 & 3) !== 0 && (a$19 & 4095) > 4092 && (P[a$19 >>> 12] & P[a$19 + 3 >>> 12]) >= 0 || P[a$19 >>> 12] >= 0) { pc = 16777223; break bail; }
      V.setInt32(a$19 >>> 0, x$20, true);
      const x$22 = X87.pop();
    }
    const x$23 = X87.noteData((r7 + 4 | 0));
    const x$24 = X87.note(16777223, 219, 95);
    // 100000a RET
    const a$25 = r4;
    let v$26 = 0;
    if ((a$25 & 3) !== 0 && (a$25 & 4095) > 4092 && (P[a$25 >>> 12] & P[a$25 + 3 >>> 12] & 1) === 0 || (v$26 = V.getInt32(a$25 >>> 0, true)) === 0 && (P[a$25 >>> 12] & 1) === 0) { pc = 16777226; break bail; }
    r4 = r4 + 4 | 0;
    R[4] = r4; R[9] = v$26; return NEXT;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}
