// c0: link to 1000002
// c1: link to 1000013
function block() {
  if ((R[23] = R[23] - 9 | 0) < 0) return null;
  let r1 = R[1], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 FLD
    const x$0 = X87.pendingException();
    if (x$0) {
      pc = 16777216; break bail;
    }
    const a$1 = r7;
    if ((a$1 & 7) !== 0 && (a$1 & 4095) > 4088 && (P[a$1 >>> 12] & P[a$1 + 7 >>> 12] & 1) === 0 || (P[a$1 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const v$2 = V.getFloat64(a$1 >>> 0, true);
    if ((v$2 === v$2)) {
      const x$3 = X87.loadF64(v$2);
    } else {
      let v$4 = 0;
      if ((a$1 & 3) !== 0 && (a$1 & 4095) > 4092 && (P[a$1 >>> 12] & P[a$1 + 3 >>> 12] & 1) === 0 || (v$4 = V.getInt32(a$1 >>> 0, true)) === 0 && (P[a$1 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
      const a$5 = ((a$1 + 4) | 0);
      let v$6 = 0;
      if ((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 && (P[a$5 >>> 12] & P[a$5 + 3 >>> 12] & 1) === 0 || (v$6 = V.getInt32(a$5 >>> 0, true)) === 0 && (P[a$5 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
      const x$7 = X87.loadF64Bits(v$4, v$6);
    }
    const x$8 = X87.noteData(r7);
    const x$9 = X87.note(16777216, 221, 7);
    // 1000002 FLD
    const x$10 = X87.pendingException();
    if (x$10) {
      pc = 16777218; break bail;
    }
    const a$11 = r6;
    if ((P[a$11 >>> 12] & P[a$11 + 15 >>> 12] & 1) === 0) { pc = 16777218; break bail; }
    const v$12 = V.getFloat64(a$11 >>> 0, true);
    if ((v$12 === v$12)) {
      const x$13 = X87.loadF64(v$12);
    } else {
      let v$14 = 0;
      if ((a$11 & 3) !== 0 && (a$11 & 4095) > 4092 && (P[a$11 >>> 12] & P[a$11 + 3 >>> 12] & 1) === 0 || (v$14 = V.getInt32(a$11 >>> 0, true)) === 0 && (P[a$11 >>> 12] & 1) === 0) { pc = 16777218; break bail; }
      const a$15 = ((a$11 + 4) | 0);
      let v$16 = 0;
      if ((a$15 & 3) !== 0 && (a$15 & 4095) > 4092 && (P[a$15 >>> 12] & P[a$15 + 3 >>> 12] & 1) === 0 || (v$16 = V.getInt32(a$15 >>> 0, true)) === 0 && (P[a$15 >>> 12] & 1) === 0) { pc = 16777218; break bail; }
      const x$17 = X87.loadF64Bits(v$14, v$16);
    }
    const x$18 = X87.noteData(r6);
    const x$19 = X87.note(16777218, 221, 6);
    // 1000004 FMUL
    const x$20 = X87.pendingException();
    if (x$20) {
      pc = 16777220; break bail;
    }
    const x$21 = X87.mul(0, 1);
    const x$22 = X87.note(16777220, 216, 201);
    // 1000006 FADD
    const x$23 = X87.pendingException();
    if (x$23) {
      pc = 16777222; break bail;
    }
    const a$24 = (r6 + 8 | 0);
    const v$25 = V.getFloat64(a$24 >>> 0, true);
    if ((v$25 === v$25)) {
      const x$26 = X87.arithF64(0, v$25);
    } else {
      let v$27 = 0;
      if ((a$24 & 3) !== 0 && (a$24 & 4095) > 4092 && (P[a$24 >>> 12] & P[a$24 + 3 >>> 12] & 1) === 0 || (v$27 = V.getInt32(a$24 >>> 0, true)) === 0 && (P[a$24 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
      const a$28 = ((a$24 + 4) | 0);
      let v$29 = 0;
      if ((a$28 & 3) !== 0 && (a$28 & 4095) > 4092 && (P[a$28 >>> 12] & P[a$28 + 3 >>> 12] & 1) === 0 || (v$29 = V.getInt32(a$28 >>> 0, true)) === 0 && (P[a$28 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
      const x$30 = X87.arithF64Bits(0, v$27, v$29);
    }
    const x$31 = X87.noteData((r6 + 8 | 0));
    const x$32 = X87.note(16777222, 220, 70);
    // 1000009 FXCH
    const x$33 = X87.pendingException();
    if (x$33) {
      pc = 16777225; break bail;
    }
    const x$34 = X87.exchange(1);
    const x$35 = X87.note(16777225, 217, 201);
    // 100000b FSTP
    const x$36 = X87.pendingException();
    if (x$36) {
      pc = 16777227; break bail;
    }
    const x$37 = X87.storeSt(0);
    if (x$37) {
      const x$38 = X87.pop();
    }
    const x$39 = X87.note(16777227, 221, 216);
    // 100000d ADD
    const a$40 = r6;
    const r$41 = ((a$40 + 16) | 0);
    r6 = r$41;
    // 1000010 DEC
    const a$42 = r1;
    const r$43 = ((a$42 - 1) | 0);
    r1 = r$43;
    // 1000011 Jcc
    if (!(r$43 === 0)) {
      R[1] = r1; R[6] = r6; R[10] = 5; R[11] = (((r$41 >>> 0 < 16 ? 1 : 0) | ((((a$42 ^ r$43) >>> 4) & 1) << 4)) | (((a$42 & (~r$43)) >>> 31) << 11)); R[13] = r$43; R[9] = 16777218; return c0.fn;
    }
    R[1] = r1; R[6] = r6; R[10] = 5; R[11] = (((r$41 >>> 0 < 16 ? 1 : 0) | ((((a$42 ^ r$43) >>> 4) & 1) << 4)) | (((a$42 & (~r$43)) >>> 31) << 11)); R[13] = r$43; R[9] = 16777235; return c1.fn;
  }
  R[1] = r1; R[6] = r6; R[9] = pc; R[26] = 1; return null;
}

// c0: how often x87 arithmetic in this function ran, and left
// c1: the version that has x87 registers in the state
function region() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  const xt = X87.top, y6 = xt + 6 & 7, y7 = xt + 7 & 7;
  if (X87.cw !== 895 || (X87.flags & 32) === 0 || YK[y6] !== 2 || YK[y7] !== 2 || c0.bails > 15000) return c1.enter();
  if (c0.runs < 20) YI.enter(c0);
  let h6 = YH[y6], l6 = YL[y6], h7 = YH[y7], l7 = YL[y7], xp = X87.fip, xo = X87.fop, xd = X87.fdp;
  let xs = 0, xk = -2, xc = 0.5, x0 = 0.5, x1 = 0.5, x2 = 0.5, x3 = 0.5, xb = 0;
  let r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        // 1000000 FLD
        const a$0 = r7;
        if ((a$0 & 7) !== 0 && (a$0 & 4095) > 4088 && (P[a$0 >>> 12] & P[a$0 + 7 >>> 12] & 1) === 0 || (P[a$0 >>> 12] & 1) === 0) { xs = 327680; pc = 16777216; break bail; }
        const v$1 = V.getFloat64(a$0 >>> 0, true);
        if (!(Math.abs(v$1) >= 1.1830521861667747e-271 && Math.abs(v$1) < 1.0715086071862673e+301) && v$1 !== 0) { xb = 1; xs = 327680; pc = 16777216; break bail; }
        h7 = v$1; l7 = 0;
        const a$2 = r7;
        Y1[0] = 0; xp = 16777216; xo = 1287; xd = a$2;
        const q1$ = q;
        L1: for (;;) {
          const was1$1 = r1;
          if ((q = q - 10 | 0) < 0) { if ((q1$ - q | 0) !== 10) { fr = was1$1; fb = 0; fk = 5; } xs = 196615; pc = 16777218; break slice; }
          // 1000002 FLD
          const a$3 = r6;
          if ((P[a$3 >>> 12] & P[a$3 + 15 >>> 12] & 1) === 0) { if ((q1$ - q | 0) !== 10) { fr = was1$1; fb = 0; fk = 5; } xs = 196615; pc = 16777218; break bail; }
          const v$4 = V.getFloat64(a$3 >>> 0, true);
          if (!(Math.abs(v$4) >= 1.1830521861667747e-271 && Math.abs(v$4) < 1.0715086071862673e+301) && v$4 !== 0) { xb = 1; if ((q1$ - q | 0) !== 10) { fr = was1$1; fb = 0; fk = 5; } xs = 196615; pc = 16777218; break bail; }
          h6 = v$4; l6 = 0;
          const a$5 = r6;
          // 1000004 FMUL
          const h$6 = h7, l$7 = l7;
          const p$8 = v$4 * h$6, t$9 = v$4 * 134217729, x$10 = t$9 - (t$9 - v$4), y$11 = v$4 - x$10, t$12 = h$6 * 134217729, x$13 = t$12 - (t$12 - h$6), y$14 = h$6 - x$13 + l$7, v$15 = x$10 * x$13 - p$8 + (x$10 * y$14 + y$11 * x$13) + y$11 * y$14;
          YE[0] = p$8;
          const c$16 = YR[YW[1] >>> 20], w$17 = v$15 + c$16 - c$16;
          let h$18 = p$8 + w$17, l$19 = w$17 - (h$18 - p$8);
          if (!(Math.abs(Math.abs(h$18) - c$16 * 2048) < c$16 * 682.6666666666666 && Math.abs(v$15 - w$17) < c$16 * 7.397872823592758e-17)) { if (YI.slow(1, X87, v$4, 0, h$6, l$7, 0)) { xb = 1; if ((q1$ - q | 0) !== 10) { fr = was1$1; fb = 0; fk = 5; } xs = 163846; xk = -1; xc = 0; xp = 16777218; xo = 1286; xd = a$5; pc = 16777220; break bail; } h$18 = YT[0]; l$19 = YT[1]; }
          h6 = h$18; l6 = l$19;
          // 1000006 FADD
          const a$20 = (r6 + 8 | 0);
          const v$21 = V.getFloat64(a$20 >>> 0, true);
          const s$22 = h$18 + v$21, z$23 = s$22 - h$18, v$24 = ((h$18 - (s$22 - z$23)) + (v$21 - z$23)) + l$19;
          YE[0] = s$22;
          const c$25 = YR[YW[1] >>> 20], w$26 = v$24 + c$25 - c$25;
          let h$27 = s$22 + w$26, l$28 = w$26 - (h$27 - s$22);
          if (!(Math.abs(Math.abs(h$27) - c$25 * 2048) < c$25 * 682.6666666666666 && Math.abs(h$18 * v$21) > s$22 * s$22 * 9.094947017729282e-13)) { if (YI.slow(0, X87, h$18, l$19, v$21, 0, 1.1830521861667747e-271)) { xb = 1; if ((q1$ - q | 0) !== 10) { fr = was1$1; fb = 0; fk = 5; } xs = 163846; xk = 1; x0 = v$4; x1 = 0; x2 = h$6; x3 = l$7; xp = 16777220; xo = 201; xd = a$5; pc = 16777222; break bail; } h$27 = YT[0]; l$28 = YT[1]; }
          h6 = h$27; l6 = l$28;
          const a$29 = (r6 + 8 | 0);
          // 1000009 FXCH
          h6 = h$6; l6 = l$7;
          h7 = h$27; l7 = l$28;
          // 100000b FSTP
          // 100000d ADD
          const a$30 = r6;
          const r$31 = ((a$30 + 16) | 0);
          r6 = r$31;
          // 1000010 DEC
          const a$32 = r1;
          const r$33 = ((a$32 - 1) | 0);
          r1 = r$33;
          // 1000011 Jcc
          if (!(r$33 === 0)) {
            Y1[0] = 0; xp = 16777227; xo = 1496; xd = a$29;
            fa = (((r$31 >>> 0 < 16 ? 1 : 0) | ((((a$32 ^ r$33) >>> 4) & 1) << 4)) | (((a$32 & (~r$33)) >>> 31) << 11));
            continue L1;
          }
          // 1000013 FSTP
          const a$35 = r7;
          if ((a$35 & 7) !== 0 && (a$35 & 4095) > 4088 && (P[a$35 >>> 12] & P[a$35 + 7 >>> 12]) >= 0 || P[a$35 >>> 12] >= 0) { fk = 5; fa = (((r$31 >>> 0 < 16 ? 1 : 0) | ((((a$32 ^ r$33) >>> 4) & 1) << 4)) | (((a$32 & (~r$33)) >>> 31) << 11)); fb = 0; fr = r$33; xs = 196615; xk = -1; xc = 0; xp = 16777227; xo = 1496; xd = a$29; pc = 16777235; break bail; }
          V.setFloat64(a$35 >>> 0, h$27, true);
          const a$36 = r7;
          // 1000015 RET
          const a$37 = r4;
          let v$38 = 0;
          if ((a$37 & 3) !== 0 && (a$37 & 4095) > 4092 && (P[a$37 >>> 12] & P[a$37 + 3 >>> 12] & 1) === 0 || (v$38 = V.getInt32(a$37 >>> 0, true)) === 0 && (P[a$37 >>> 12] & 1) === 0) { fk = 5; fa = (((r$31 >>> 0 < 16 ? 1 : 0) | ((((a$32 ^ r$33) >>> 4) & 1) << 4)) | (((a$32 & (~r$33)) >>> 31) << 11)); fb = 0; fr = r$33; xs = 327680; xk = 19; x0 = h$27; x1 = l$28; x2 = h$27; xp = 16777235; xo = 1311; xd = a$36; pc = 16777237; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = (((r$31 >>> 0 < 16 ? 1 : 0) | ((((a$32 ^ r$33) >>> 4) & 1) << 4)) | (((a$32 & (~r$33)) >>> 31) << 11)); fb = 0; fr = r$33; xs = 327680; xk = 19; x0 = h$27; x1 = l$28; x2 = h$27; xp = 16777235; xo = 1311; xd = a$36; pc = v$38; break next;
        }
      }
      YH[y6] = h6; YL[y6] = l6; YH[y7] = h7; YL[y7] = l7; if (xk === -1) Y1[0] = xc; else if (xk >= 0) YI.defer(X87, xk, x0, x1, x2, x3); YI.leave(X87, xt, xs, xp, xo, xd); if (xb !== 0) c0.bails = Math.max(0, c0.bails + 300 - (20000 - q));R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    YH[y6] = h6; YL[y6] = l6; YH[y7] = h7; YL[y7] = l7; if (xk === -1) Y1[0] = xc; else if (xk >= 0) YI.defer(X87, xk, x0, x1, x2, x3); YI.leave(X87, xt, xs, xp, xo, xd);R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  YH[y6] = h6; YL[y6] = l6; YH[y7] = h7; YL[y7] = l7; if (xk === -1) Y1[0] = xc; else if (xk >= 0) YI.defer(X87, xk, x0, x1, x2, x3); YI.leave(X87, xt, xs, xp, xo, xd);R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
