// c0: notes the targets of the jump at 1000004
function block() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 MOVZX
    const a$0 = r6;
    const v$1 = V.getUint8(a$0 >>> 0);
    if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    r0 = v$1;
    // 1000003 INC
    const a$2 = r6;
    const r$3 = ((a$2 + 1) | 0);
    r6 = r$3;
    // 1000004 JMP
    const a$4 = ((r0 << 2) + 16777344 | 0);
    const v$5 = V.getInt32(a$4 >>> 0, true);
    if (v$5 === 0 && (P[a$4 >>> 12] & 1) === 0) { const f$6k = 5, f$6a = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)), f$6b = 0, f$6r = r$3; fk = f$6k; fa = f$6a; fb = f$6b; fr = f$6r; pc = 16777220; break bail; }
    R[0] = r0; R[6] = r6; R[10] = 5; R[11] = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)); R[13] = r$3; R[9] = v$5; c0(v$5); return LOOKUP(v$5 | 0);
  }
  R[0] = r0; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}

// c0: Int32Array 4 5 6 0 0 1 2 3
// c1: Int32Array 1000010 1000014 1000018 100001c 1000020 1000024 1000028
function region() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          if ((q = q - 5 | 0) < 0) { if ((q0$ - q | 0) !== 5) { fb = 0; fk = 5; } pc = 16777216; break slice; }
          // 1000000 MOVZX
          const a$0 = r6;
          const v$1 = V.getUint8(a$0 >>> 0);
          if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 5) { fb = 0; fk = 5; } pc = 16777216; break bail; }
          r0 = v$1;
          // 1000003 INC
          const a$2 = r6;
          const r$3 = ((a$2 + 1) | 0);
          r6 = r$3;
          if ((q0$ - q | 0) !== 5) { fb = 0; fk = 5; }
          // 1000004 JMP
          const a$4 = ((r0 << 2) + 16777344 | 0);
          const v$5 = V.getInt32(a$4 >>> 0, true);
          if (v$5 === 0 && (P[a$4 >>> 12] & 1) === 0) { const f$6k = 5, f$6a = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)), f$6b = 0, f$6r = r$3; fk = f$6k; fa = f$6a; fb = f$6b; fr = f$6r; pc = 16777220; break bail; }
          const k$7 = c0[v$5 >>> 2 & 7];
          if (c1[k$7] === v$5) switch (k$7) {
            case 0: {
              // 1000010 INC
              const a$8 = r1;
              const r$9 = ((a$8 + 1) | 0);
              r1 = r$9;
              const f$10 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | ((((~a$8) & r$9) >>> 31) << 11));
              // 1000011 JMP
              fa = f$10; fr = r$9;
              continue L0;
            }
            case 1: {
              // 1000014 INC
              const a$12 = r2;
              const r$13 = ((a$12 + 1) | 0);
              r2 = r$13;
              const f$14 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$12 ^ r$13) >>> 4) & 1) << 4)) | ((((~a$12) & r$13) >>> 31) << 11));
              // 1000015 JMP
              fa = f$14; fr = r$13;
              continue L0;
            }
            case 2: {
              // 1000018 DEC
              const a$16 = r1;
              const r$17 = ((a$16 - 1) | 0);
              r1 = r$17;
              const f$18 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$16 ^ r$17) >>> 4) & 1) << 4)) | (((a$16 & (~r$17)) >>> 31) << 11));
              // 1000019 JMP
              fa = f$18; fr = r$17;
              continue L0;
            }
            case 3: {
              // 100001c DEC
              const a$20 = r2;
              const r$21 = ((a$20 - 1) | 0);
              r2 = r$21;
              const f$22 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$20 ^ r$21) >>> 4) & 1) << 4)) | (((a$20 & (~r$21)) >>> 31) << 11));
              // 100001d JMP
              fa = f$22; fr = r$21;
              continue L0;
            }
            case 4: {
              // 1000020 INC
              const a$24 = r3;
              const r$25 = ((a$24 + 1) | 0);
              r3 = r$25;
              const f$26 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$24 ^ r$25) >>> 4) & 1) << 4)) | ((((~a$24) & r$25) >>> 31) << 11));
              // 1000021 JMP
              fa = f$26; fr = r$25;
              continue L0;
            }
            case 5: {
              // 1000024 DEC
              const a$28 = r3;
              const r$29 = ((a$28 - 1) | 0);
              r3 = r$29;
              const f$30 = (((((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)) & 1) | ((((a$28 ^ r$29) >>> 4) & 1) << 4)) | (((a$28 & (~r$29)) >>> 31) << 11));
              // 1000025 JMP
              fa = f$30; fr = r$29;
              continue L0;
            }
            case 6: {
              // 1000028 RET
              const a$32 = r4;
              let v$33 = 0;
              if ((a$32 & 3) !== 0 && (a$32 & 4095) > 4092 && (P[a$32 >>> 12] & P[a$32 + 3 >>> 12] & 1) === 0 || (v$33 = V.getInt32(a$32 >>> 0, true)) === 0 && (P[a$32 >>> 12] & 1) === 0) { const f$34k = 5, f$34a = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)), f$34b = 0, f$34r = r$3; fk = f$34k; fa = f$34a; fb = f$34b; fr = f$34r; pc = 16777256; break bail; }
              r4 = r4 + 4 | 0;
              const f$36k = 5, f$36a = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)), f$36b = 0, f$36r = r$3; fk = f$36k; fa = f$36a; fb = f$36b; fr = f$36r; pc = v$33; break next;
            }
          }
          R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = 5; R[11] = ((FL.carry(fk, fa, fb, fr) | ((((a$2 ^ r$3) >>> 4) & 1) << 4)) | ((((~a$2) & r$3) >>> 31) << 11)); R[13] = r$3; R[9] = v$5; return LOOKUP(v$5 | 0);
        }
      }
      R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
