// c0: link to 1000015
// c1: link to 1000011
function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  // 1000000 SHLD
  const a$0 = r2;
  const b$1 = r0;
  const r$2 = ((a$0 << 3) | (b$1 >>> 29));
  const carry$3 = ((a$0 >>> 29) & 1);
  r2 = r$2;
  // 1000004 SHL
  const a$4 = r0;
  const r$5 = ((a$4 << 3) | 0);
  r0 = r$5;
  const carry$6 = (((a$4 << 2) >>> 31) & 1);
  // 1000007 SHRD
  done$10: {
    const c$7 = ((r1 << 24 >> 24) & 31);
    const a$8 = r0;
    const b$9 = r2;
    if ((c$7 === 0)) {
      r0 = a$8;
      fk = 5; fa = ((carry$6 | 16) | (((r$5 >>> 31) ^ carry$6) << 11)); fb = 0; fr = r$5;
      break done$10;
    }
    const r$11 = ((a$8 >>> c$7) | (b$9 << (32 - c$7)));
    const carry$12 = ((a$8 >>> (c$7 - 1)) & 1);
    r0 = r$11;
    fk = 5; fa = ((carry$12 | 16) | ((((r$11 >>> 31) ^ (r$11 >>> 30)) & 1) << 11)); fb = 0; fr = r$11;
  }
  // 100000a SHR
  done$15: {
    const c$13 = ((r1 << 24 >> 24) & 31);
    const a$14 = r2;
    if ((c$13 === 0)) {
      r2 = a$14;
      break done$15;
    }
    const r$16 = (a$14 >>> c$13);
    r2 = r$16;
    fk = 5; fa = ((((a$14 >>> (c$13 - 1)) & 1) | 16) | (((c$13 === 1) ? ((a$14 >>> 31) & 1) : 0) << 11)); fb = 0; fr = r$16;
  }
  // 100000c TEST
  const f$17 = ((r1 << 24 >> 24) & 32);
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
        const r$2 = ((a$0 << 3) | (b$1 >>> 29));
        const carry$3 = ((a$0 >>> 29) & 1);
        r2 = r$2;
        // 1000004 SHL
        const a$4 = r0;
        const r$5 = ((a$4 << 3) | 0);
        r0 = r$5;
        const carry$6 = (((a$4 << 2) >>> 31) & 1);
        // 1000007 SHRD
        done$10: {
          const c$7 = ((r1 << 24 >> 24) & 31);
          const a$8 = r0;
          const b$9 = r2;
          if ((c$7 === 0)) {
            r0 = a$8;
            fk = 5; fa = ((carry$6 | 16) | (((r$5 >>> 31) ^ carry$6) << 11)); fb = 0; fr = r$5;
            break done$10;
          }
          const r$11 = ((a$8 >>> c$7) | (b$9 << (32 - c$7)));
          const carry$12 = ((a$8 >>> (c$7 - 1)) & 1);
          r0 = r$11;
          fk = 5; fa = ((carry$12 | 16) | ((((r$11 >>> 31) ^ (r$11 >>> 30)) & 1) << 11)); fb = 0; fr = r$11;
        }
        // 100000a SHR
        done$15: {
          const c$13 = ((r1 << 24 >> 24) & 31);
          const a$14 = r2;
          if ((c$13 === 0)) {
            r2 = a$14;
            break done$15;
          }
          const r$16 = (a$14 >>> c$13);
          r2 = r$16;
          fk = 5; fa = ((((a$14 >>> (c$13 - 1)) & 1) | 16) | (((c$13 === 1) ? ((a$14 >>> 31) & 1) : 0) << 11)); fb = 0; fr = r$16;
        }
        // 100000c TEST
        const f$17 = ((r1 << 24 >> 24) & 32);
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
      if ((a$18 & 3) !== 0 && (a$18 & 4095) > 4092 || (v$19 = V.getInt32(a$18 >>> 0, true)) === 0 && (P[a$18 >>> 12] & 1) === 0) { pc = 16777237; break bail; }
      r4 = r4 + 4 | 0;
      pc = v$19; break next;
    }
    R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
