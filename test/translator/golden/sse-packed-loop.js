// c0: link to 1000007
// c1: link to 1000033
function block() {
  if ((R[23] = R[23] - 15 | 0) < 0) return null;
  let r1 = R[1], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let pc = 0;
  bail: {
    // 1000000 PXOR
    // 1000004 MOVAPS
    const a$0 = r7;
    if ((a$0 & 15) !== 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
    if ((P[a$0 >>> 12] & 1) === 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
    // 1000007 MOVDQA
    const a$1 = r6;
    if ((a$1 & 15) !== 0) { XI[24] = V.getInt32(a$0 >>> 0, true); XI[25] = V.getInt32(a$0 + 4 >>> 0, true); XI[26] = V.getInt32(a$0 + 8 >>> 0, true); XI[27] = V.getInt32(a$0 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
    const gb$1 = (a$1 + 0 | 0);
    if ((P[gb$1 >>> 12] & P[gb$1 + 31 >>> 12]) >= 0) { XI[24] = V.getInt32(a$0 >>> 0, true); XI[25] = V.getInt32(a$0 + 4 >>> 0, true); XI[26] = V.getInt32(a$0 + 8 >>> 0, true); XI[27] = V.getInt32(a$0 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
    // 100000b MOVDQA
    // 100000f PUNPCKLBW
    const i$2 = V.getInt32(a$1 >>> 0, true);
    const i$3 = ((((i$2 & 255) | ((i$2 & 65280) << 8)) | 0) | 0) | 0;
    const i$4 = (((((i$2 >>> 16) & 255) | ((i$2 >>> 8) & 16711680)) | 0) | 0) | 0;
    const i$5 = V.getInt32(a$1 + 4 >>> 0, true);
    const i$6 = ((((i$5 & 255) | ((i$5 & 65280) << 8)) | 0) | 0) | 0;
    const i$7 = (((((i$5 >>> 16) & 255) | ((i$5 >>> 8) & 16711680)) | 0) | 0) | 0;
    // 1000013 PUNPCKHBW
    const i$8 = V.getInt32(a$1 + 8 >>> 0, true);
    const i$9 = ((((i$8 & 255) | ((i$8 & 65280) << 8)) | 0) | 0) | 0;
    const i$10 = (((((i$8 >>> 16) & 255) | ((i$8 >>> 8) & 16711680)) | 0) | 0) | 0;
    const i$11 = V.getInt32(a$1 + 12 >>> 0, true);
    const i$12 = ((((i$11 & 255) | ((i$11 & 65280) << 8)) | 0) | 0) | 0;
    const i$13 = (((((i$11 >>> 16) & 255) | ((i$11 >>> 8) & 16711680)) | 0) | 0) | 0;
    // 1000017 PADDW
    const i$14 = (((i$3 & 2147450879) + (i$9 & 2147450879)) ^ ((i$3 ^ i$9) & 2147516416)) | 0;
    const i$15 = (((i$4 & 2147450879) + (i$10 & 2147450879)) ^ ((i$4 ^ i$10) & 2147516416)) | 0;
    const i$16 = (((i$6 & 2147450879) + (i$12 & 2147450879)) ^ ((i$6 ^ i$12) & 2147516416)) | 0;
    const i$17 = (((i$7 & 2147450879) + (i$13 & 2147450879)) ^ ((i$7 ^ i$13) & 2147516416)) | 0;
    // 100001b PADDD
    const i$18 = XI[20];
    const i$19 = (i$18 + i$14) | 0;
    const i$20 = XI[21];
    const i$21 = (i$20 + i$15) | 0;
    const i$22 = XI[22];
    const i$23 = (i$22 + i$16) | 0;
    const i$24 = XI[23];
    const i$25 = (i$24 + i$17) | 0;
    // 100001f MOVAPS
    const a$26 = (r6 + 16 | 0);
    // 1000023 MULPS
    const s$27 = V.getFloat32(a$26 >>> 0, true);
    const s$28 = V.getFloat32(a$0 >>> 0, true);
    const r0$29 = Math.fround((s$27 * s$28));
    const s$30 = V.getFloat32(a$26 + 4 >>> 0, true);
    const s$31 = V.getFloat32(a$0 + 4 >>> 0, true);
    const r1$32 = Math.fround((s$30 * s$31));
    const s$33 = V.getFloat32(a$26 + 8 >>> 0, true);
    const s$34 = V.getFloat32(a$0 + 8 >>> 0, true);
    const r2$35 = Math.fround((s$33 * s$34));
    const s$36 = V.getFloat32(a$26 + 12 >>> 0, true);
    const s$37 = V.getFloat32(a$0 + 12 >>> 0, true);
    const r3$38 = Math.fround((s$36 * s$37));
    // 1000026 MAXPS
    const s$39 = XF[16];
    const s$40 = XF[17];
    const s$41 = XF[18];
    const s$42 = XF[19];
    const s$43 = ((r0$29 > s$39) ? r0$29 : s$39);
    const s$44 = ((r1$32 > s$40) ? r1$32 : s$40);
    const s$45 = ((r2$35 > s$41) ? r2$35 : s$41);
    const s$46 = ((r3$38 > s$42) ? r3$38 : s$42);
    // 1000029 MOVAPS
    const a$47 = (r6 + 16 | 0);
    const d$48 = r0$29 + r1$32 + r2$35 + r3$38;
    if (!((d$48 - d$48) >= mx) || !(s$39 >= s$39) || !(s$40 >= s$40) || !(s$41 >= s$41) || !(s$42 >= s$42) || Math.abs(s$27) < 9.860761315262648e-32 && s$27 !== 0 || Math.abs(s$28) < 9.860761315262648e-32 && s$28 !== 0 || Math.abs(s$30) < 9.860761315262648e-32 && s$30 !== 0 || Math.abs(s$31) < 9.860761315262648e-32 && s$31 !== 0 || Math.abs(s$33) < 9.860761315262648e-32 && s$33 !== 0 || Math.abs(s$34) < 9.860761315262648e-32 && s$34 !== 0 || Math.abs(s$36) < 9.860761315262648e-32 && s$36 !== 0 || Math.abs(s$37) < 9.860761315262648e-32 && s$37 !== 0 || Math.abs(s$39) < 9.860761315262648e-32 && s$39 !== 0 || Math.abs(s$40) < 9.860761315262648e-32 && s$40 !== 0 || Math.abs(s$41) < 9.860761315262648e-32 && s$41 !== 0 || Math.abs(s$42) < 9.860761315262648e-32 && s$42 !== 0 || Math.abs(r0$29) < 9.860761315262648e-32 && s$27 !== 0 && s$28 !== 0 || Math.abs(r1$32) < 9.860761315262648e-32 && s$30 !== 0 && s$31 !== 0 || Math.abs(r2$35) < 9.860761315262648e-32 && s$33 !== 0 && s$34 !== 0 || Math.abs(r3$38) < 9.860761315262648e-32 && s$36 !== 0 && s$37 !== 0) { if (Math.abs(s$27) < 9.860761315262648e-32 && s$27 !== 0 || Math.abs(s$28) < 9.860761315262648e-32 && s$28 !== 0 || Math.abs(s$30) < 9.860761315262648e-32 && s$30 !== 0 || Math.abs(s$31) < 9.860761315262648e-32 && s$31 !== 0 || Math.abs(s$33) < 9.860761315262648e-32 && s$33 !== 0 || Math.abs(s$34) < 9.860761315262648e-32 && s$34 !== 0 || Math.abs(s$36) < 9.860761315262648e-32 && s$36 !== 0 || Math.abs(s$37) < 9.860761315262648e-32 && s$37 !== 0 || Math.abs(s$39) < 9.860761315262648e-32 && s$39 !== 0 || Math.abs(s$40) < 9.860761315262648e-32 && s$40 !== 0 || Math.abs(s$41) < 9.860761315262648e-32 && s$41 !== 0 || Math.abs(s$42) < 9.860761315262648e-32 && s$42 !== 0 || Math.abs(r0$29) < 9.860761315262648e-32 && s$27 !== 0 && s$28 !== 0 || Math.abs(r1$32) < 9.860761315262648e-32 && s$30 !== 0 && s$31 !== 0 || Math.abs(r2$35) < 9.860761315262648e-32 && s$33 !== 0 && s$34 !== 0 || Math.abs(r3$38) < 9.860761315262648e-32 && s$36 !== 0 && s$37 !== 0) R[32] = R[32] + 1 | 0; XI[0] = i$14; XI[1] = i$15; XI[2] = i$16; XI[3] = i$17; XI[4] = i$9; XI[5] = i$10; XI[6] = i$12; XI[7] = i$13; XI[8] = V.getInt32(a$26 >>> 0, true); XI[9] = V.getInt32(a$26 + 4 >>> 0, true); XI[10] = V.getInt32(a$26 + 8 >>> 0, true); XI[11] = V.getInt32(a$26 + 12 >>> 0, true); XI[20] = i$19; XI[21] = i$21; XI[22] = i$23; XI[23] = i$25; XI[24] = V.getInt32(a$0 >>> 0, true); XI[25] = V.getInt32(a$0 + 4 >>> 0, true); XI[26] = V.getInt32(a$0 + 8 >>> 0, true); XI[27] = V.getInt32(a$0 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777251; break bail; }
    V.setFloat32(a$47 >>> 0, s$43, true);V.setFloat32(a$47 + 4 >>> 0, s$44, true); V.setFloat32(a$47 + 8 >>> 0, s$45, true);V.setFloat32(a$47 + 12 >>> 0, s$46, true);
    // 100002d ADD
    const a$49 = r6;
    const r$50 = ((a$49 + 32) | 0);
    r6 = r$50;
    // 1000030 DEC
    const a$51 = r1;
    const r$52 = ((a$51 - 1) | 0);
    r1 = r$52;
    // 1000031 Jcc
    if (!(r$52 === 0)) {
      XI[0] = i$14; XI[1] = i$15; XI[2] = i$16; XI[3] = i$17; XI[4] = i$9; XI[5] = i$10; XI[6] = i$12; XI[7] = i$13; XF[8] = s$43; XF[9] = s$44; XF[10] = s$45; XF[11] = s$46; XI[20] = i$19; XI[21] = i$21; XI[22] = i$23; XI[23] = i$25; XF[24] = s$28; XF[25] = s$31; XF[26] = s$34; XF[27] = s$37; XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; R[1] = r1; R[6] = r6; R[10] = 5; R[11] = (((r$50 >>> 0 < 32 ? 1 : 0) | ((((a$51 ^ r$52) >>> 4) & 1) << 4)) | (((a$51 & (~r$52)) >>> 31) << 11)); R[13] = r$52; R[9] = 16777223; return c0.fn;
    }
    XI[0] = i$14; XI[1] = i$15; XI[2] = i$16; XI[3] = i$17; XI[4] = i$9; XI[5] = i$10; XI[6] = i$12; XI[7] = i$13; XF[8] = s$43; XF[9] = s$44; XF[10] = s$45; XF[11] = s$46; XI[20] = i$19; XI[21] = i$21; XI[22] = i$23; XI[23] = i$25; XF[24] = s$28; XF[25] = s$31; XF[26] = s$34; XF[27] = s$37; XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; R[1] = r1; R[6] = r6; R[10] = 5; R[11] = (((r$50 >>> 0 < 32 ? 1 : 0) | ((((a$51 ^ r$52) >>> 4) & 1) << 4)) | (((a$51 & (~r$52)) >>> 31) << 11)); R[13] = r$52; R[9] = 16777267; return c1.fn;
  }
  R[1] = r1; R[6] = r6; R[9] = pc; R[26] = 1; return null;
}

// R[28] = 1 enters it at 1000007
function region() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let xi0 = 0, xi1 = 0, xi2 = 0, xi3 = 0, xi4 = 0, xi5 = 0, xi6 = 0, xi7 = 0, xf16 = 0, xf17 = 0, xf18 = 0, xf19 = 0, xi20 = 0, xi21 = 0, xi22 = 0, xi23 = 0, xf24 = 0, xf25 = 0, xf26 = 0, xf27 = 0, xi28 = 0, xi29 = 0, xi30 = 0, xi31 = 0;
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        B1: {
          if (e !== 0) rare: {
            if (e === 1) {
              e = 0;
              const i$0 = XI[0];
              const i$1 = XI[1];
              const i$2 = XI[2];
              const i$3 = XI[3];
              const i$4 = XI[4];
              const i$5 = XI[5];
              const i$6 = XI[6];
              const i$7 = XI[7];
              const s$8 = XF[16];
              if (!(s$8 >= s$8)) { pc = R[9]; break bail; }
              if (Math.abs(s$8) < 9.860761315262648e-32 && s$8 !== 0) { if (Math.abs(s$8) < 9.860761315262648e-32 && s$8 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$9 = XF[17];
              if (!(s$9 >= s$9)) { pc = R[9]; break bail; }
              if (Math.abs(s$9) < 9.860761315262648e-32 && s$9 !== 0) { if (Math.abs(s$9) < 9.860761315262648e-32 && s$9 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$10 = XF[18];
              if (!(s$10 >= s$10)) { pc = R[9]; break bail; }
              if (Math.abs(s$10) < 9.860761315262648e-32 && s$10 !== 0) { if (Math.abs(s$10) < 9.860761315262648e-32 && s$10 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$11 = XF[19];
              if (!(s$11 >= s$11)) { pc = R[9]; break bail; }
              if (Math.abs(s$11) < 9.860761315262648e-32 && s$11 !== 0) { if (Math.abs(s$11) < 9.860761315262648e-32 && s$11 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const i$12 = XI[20];
              const i$13 = XI[21];
              const i$14 = XI[22];
              const i$15 = XI[23];
              const s$16 = XF[24];
              if (!(s$16 >= s$16)) { pc = R[9]; break bail; }
              if (Math.abs(s$16) < 9.860761315262648e-32 && s$16 !== 0) { if (Math.abs(s$16) < 9.860761315262648e-32 && s$16 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$17 = XF[25];
              if (!(s$17 >= s$17)) { pc = R[9]; break bail; }
              if (Math.abs(s$17) < 9.860761315262648e-32 && s$17 !== 0) { if (Math.abs(s$17) < 9.860761315262648e-32 && s$17 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$18 = XF[26];
              if (!(s$18 >= s$18)) { pc = R[9]; break bail; }
              if (Math.abs(s$18) < 9.860761315262648e-32 && s$18 !== 0) { if (Math.abs(s$18) < 9.860761315262648e-32 && s$18 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const s$19 = XF[27];
              if (!(s$19 >= s$19)) { pc = R[9]; break bail; }
              if (Math.abs(s$19) < 9.860761315262648e-32 && s$19 !== 0) { if (Math.abs(s$19) < 9.860761315262648e-32 && s$19 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const i$20 = XI[28];
              const i$21 = XI[29];
              const i$22 = XI[30];
              const i$23 = XI[31];
              xi0 = i$0; xi1 = i$1; xi2 = i$2; xi3 = i$3; xi4 = i$4; xi5 = i$5; xi6 = i$6; xi7 = i$7; xf16 = s$8; xf17 = s$9; xf18 = s$10; xf19 = s$11; xi20 = i$12; xi21 = i$13; xi22 = i$14; xi23 = i$15; xf24 = s$16; xf25 = s$17; xf26 = s$18; xf27 = s$19; xi28 = i$20; xi29 = i$21; xi30 = i$22; xi31 = i$23;
              break B1;
            }
          }
          // 1000000 PXOR
          // 1000004 MOVAPS
          const a$24 = r7;
          if ((a$24 & 15) !== 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
          if ((P[a$24 >>> 12] & 1) === 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
          const i$25 = XI[0];
          const i$26 = XI[1];
          const i$27 = XI[2];
          const i$28 = XI[3];
          const i$29 = XI[4];
          const i$30 = XI[5];
          const i$31 = XI[6];
          const i$32 = XI[7];
          const s$33 = XF[16];
          if (!(s$33 >= s$33)) { XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$33) < 9.860761315262648e-32 && s$33 !== 0) { if (Math.abs(s$33) < 9.860761315262648e-32 && s$33 !== 0) R[32] = R[32] + 1 | 0; XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$34 = XF[17];
          if (!(s$34 >= s$34)) { XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$34) < 9.860761315262648e-32 && s$34 !== 0) { if (Math.abs(s$34) < 9.860761315262648e-32 && s$34 !== 0) R[32] = R[32] + 1 | 0; XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$35 = XF[18];
          if (!(s$35 >= s$35)) { XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$35) < 9.860761315262648e-32 && s$35 !== 0) { if (Math.abs(s$35) < 9.860761315262648e-32 && s$35 !== 0) R[32] = R[32] + 1 | 0; XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$36 = XF[19];
          if (!(s$36 >= s$36)) { XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$36) < 9.860761315262648e-32 && s$36 !== 0) { if (Math.abs(s$36) < 9.860761315262648e-32 && s$36 !== 0) R[32] = R[32] + 1 | 0; XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const i$37 = XI[20];
          const i$38 = XI[21];
          const i$39 = XI[22];
          const i$40 = XI[23];
          const s$41 = V.getFloat32(a$24 >>> 0, true);
          if (!(s$41 >= s$41)) { XI[24] = V.getInt32(a$24 >>> 0, true); XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$41) < 9.860761315262648e-32 && s$41 !== 0) { if (Math.abs(s$41) < 9.860761315262648e-32 && s$41 !== 0) R[32] = R[32] + 1 | 0; XF[24] = s$41; XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$42 = V.getFloat32(a$24 + 4 >>> 0, true);
          if (!(s$42 >= s$42)) { XF[24] = s$41; XI[25] = V.getInt32(a$24 + 4 >>> 0, true); XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$42) < 9.860761315262648e-32 && s$42 !== 0) { if (Math.abs(s$42) < 9.860761315262648e-32 && s$42 !== 0) R[32] = R[32] + 1 | 0; XF[24] = s$41; XF[25] = s$42; XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$43 = V.getFloat32(a$24 + 8 >>> 0, true);
          if (!(s$43 >= s$43)) { XF[24] = s$41; XF[25] = s$42; XI[26] = V.getInt32(a$24 + 8 >>> 0, true); XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$43) < 9.860761315262648e-32 && s$43 !== 0) { if (Math.abs(s$43) < 9.860761315262648e-32 && s$43 !== 0) R[32] = R[32] + 1 | 0; XF[24] = s$41; XF[25] = s$42; XF[26] = s$43; XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          const s$44 = V.getFloat32(a$24 + 12 >>> 0, true);
          if (!(s$44 >= s$44)) { XF[24] = s$41; XF[25] = s$42; XF[26] = s$43; XI[27] = V.getInt32(a$24 + 12 >>> 0, true); XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          if (Math.abs(s$44) < 9.860761315262648e-32 && s$44 !== 0) { if (Math.abs(s$44) < 9.860761315262648e-32 && s$44 !== 0) R[32] = R[32] + 1 | 0; XF[24] = s$41; XF[25] = s$42; XF[26] = s$43; XF[27] = s$44; XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777223; break bail; }
          xi0 = i$25; xi1 = i$26; xi2 = i$27; xi3 = i$28; xi4 = i$29; xi5 = i$30; xi6 = i$31; xi7 = i$32; xf16 = s$33; xf17 = s$34; xf18 = s$35; xf19 = s$36; xi20 = i$37; xi21 = i$38; xi22 = i$39; xi23 = i$40; xf24 = s$41; xf25 = s$42; xf26 = s$43; xf27 = s$44; xi28 = 0; xi29 = 0; xi30 = 0; xi31 = 0;
          break B1;
        }
        const q1$ = q;
        L1: for (;;) {
          const was1$1 = r1;
          if ((q = q - 15 | 0) < 0) { if ((q1$ - q | 0) !== 15) { fr = was1$1; fb = 0; fk = 5; } XI[0] = xi0; XI[1] = xi1; XI[2] = xi2; XI[3] = xi3; XI[4] = xi4; XI[5] = xi5; XI[6] = xi6; XI[7] = xi7; XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = xi20; XI[21] = xi21; XI[22] = xi22; XI[23] = xi23; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = 16777223; break slice; }
          // 1000007 MOVDQA
          const a$45 = r6;
          if ((a$45 & 15) !== 0) { if ((q1$ - q | 0) !== 15) { fr = was1$1; fb = 0; fk = 5; } XI[0] = xi0; XI[1] = xi1; XI[2] = xi2; XI[3] = xi3; XI[4] = xi4; XI[5] = xi5; XI[6] = xi6; XI[7] = xi7; XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = xi20; XI[21] = xi21; XI[22] = xi22; XI[23] = xi23; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = 16777223; break bail; }
          const gb$1 = (a$45 + 0 | 0);
          if ((P[gb$1 >>> 12] & P[gb$1 + 31 >>> 12]) >= 0) { if ((q1$ - q | 0) !== 15) { fr = was1$1; fb = 0; fk = 5; } XI[0] = xi0; XI[1] = xi1; XI[2] = xi2; XI[3] = xi3; XI[4] = xi4; XI[5] = xi5; XI[6] = xi6; XI[7] = xi7; XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = xi20; XI[21] = xi21; XI[22] = xi22; XI[23] = xi23; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = 16777223; break bail; }
          // 100000b MOVDQA
          // 100000f PUNPCKLBW
          const i$46 = V.getInt32(a$45 >>> 0, true);
          const i$47 = ((((i$46 & 255) | ((i$46 & 65280) << 8)) | ((xi28 & 255) << 8)) | ((xi28 & 65280) << 16)) | 0;
          const i$48 = (((((i$46 >>> 16) & 255) | ((i$46 >>> 8) & 16711680)) | ((xi28 >>> 8) & 65280)) | (xi28 & 4278190080)) | 0;
          const i$49 = V.getInt32(a$45 + 4 >>> 0, true);
          const i$50 = ((((i$49 & 255) | ((i$49 & 65280) << 8)) | ((xi29 & 255) << 8)) | ((xi29 & 65280) << 16)) | 0;
          const i$51 = (((((i$49 >>> 16) & 255) | ((i$49 >>> 8) & 16711680)) | ((xi29 >>> 8) & 65280)) | (xi29 & 4278190080)) | 0;
          // 1000013 PUNPCKHBW
          const i$52 = V.getInt32(a$45 + 8 >>> 0, true);
          const i$53 = ((((i$52 & 255) | ((i$52 & 65280) << 8)) | ((xi30 & 255) << 8)) | ((xi30 & 65280) << 16)) | 0;
          const i$54 = (((((i$52 >>> 16) & 255) | ((i$52 >>> 8) & 16711680)) | ((xi30 >>> 8) & 65280)) | (xi30 & 4278190080)) | 0;
          const i$55 = V.getInt32(a$45 + 12 >>> 0, true);
          const i$56 = ((((i$55 & 255) | ((i$55 & 65280) << 8)) | ((xi31 & 255) << 8)) | ((xi31 & 65280) << 16)) | 0;
          const i$57 = (((((i$55 >>> 16) & 255) | ((i$55 >>> 8) & 16711680)) | ((xi31 >>> 8) & 65280)) | (xi31 & 4278190080)) | 0;
          // 1000017 PADDW
          const i$58 = (((i$47 & 2147450879) + (i$53 & 2147450879)) ^ ((i$47 ^ i$53) & 2147516416)) | 0;
          const i$59 = (((i$48 & 2147450879) + (i$54 & 2147450879)) ^ ((i$48 ^ i$54) & 2147516416)) | 0;
          const i$60 = (((i$50 & 2147450879) + (i$56 & 2147450879)) ^ ((i$50 ^ i$56) & 2147516416)) | 0;
          const i$61 = (((i$51 & 2147450879) + (i$57 & 2147450879)) ^ ((i$51 ^ i$57) & 2147516416)) | 0;
          // 100001b PADDD
          const i$62 = (xi20 + i$58) | 0;
          const i$63 = (xi21 + i$59) | 0;
          const i$64 = (xi22 + i$60) | 0;
          const i$65 = (xi23 + i$61) | 0;
          // 100001f MOVAPS
          const a$66 = (r6 + 16 | 0);
          // 1000023 MULPS
          const s$67 = V.getFloat32(a$66 >>> 0, true);
          const r0$68 = Math.fround((s$67 * xf24));
          const s$69 = V.getFloat32(a$66 + 4 >>> 0, true);
          const r1$70 = Math.fround((s$69 * xf25));
          const s$71 = V.getFloat32(a$66 + 8 >>> 0, true);
          const r2$72 = Math.fround((s$71 * xf26));
          const s$73 = V.getFloat32(a$66 + 12 >>> 0, true);
          const r3$74 = Math.fround((s$73 * xf27));
          // 1000026 MAXPS
          const s$75 = ((r0$68 > xf16) ? r0$68 : xf16);
          const s$76 = ((r1$70 > xf17) ? r1$70 : xf17);
          const s$77 = ((r2$72 > xf18) ? r2$72 : xf18);
          const s$78 = ((r3$74 > xf19) ? r3$74 : xf19);
          // 1000029 MOVAPS
          const a$79 = (r6 + 16 | 0);
          const d$80 = r0$68 + r1$70 + r2$72 + r3$74;
          if (!((d$80 - d$80) >= mx) || Math.abs(s$67) < 9.860761315262648e-32 && s$67 !== 0 || Math.abs(s$69) < 9.860761315262648e-32 && s$69 !== 0 || Math.abs(s$71) < 9.860761315262648e-32 && s$71 !== 0 || Math.abs(s$73) < 9.860761315262648e-32 && s$73 !== 0 || Math.abs(r0$68) < 9.860761315262648e-32 && s$67 !== 0 && xf24 !== 0 || Math.abs(r1$70) < 9.860761315262648e-32 && s$69 !== 0 && xf25 !== 0 || Math.abs(r2$72) < 9.860761315262648e-32 && s$71 !== 0 && xf26 !== 0 || Math.abs(r3$74) < 9.860761315262648e-32 && s$73 !== 0 && xf27 !== 0) { if (Math.abs(s$67) < 9.860761315262648e-32 && s$67 !== 0 || Math.abs(s$69) < 9.860761315262648e-32 && s$69 !== 0 || Math.abs(s$71) < 9.860761315262648e-32 && s$71 !== 0 || Math.abs(s$73) < 9.860761315262648e-32 && s$73 !== 0 || Math.abs(r0$68) < 9.860761315262648e-32 && s$67 !== 0 && xf24 !== 0 || Math.abs(r1$70) < 9.860761315262648e-32 && s$69 !== 0 && xf25 !== 0 || Math.abs(r2$72) < 9.860761315262648e-32 && s$71 !== 0 && xf26 !== 0 || Math.abs(r3$74) < 9.860761315262648e-32 && s$73 !== 0 && xf27 !== 0) R[32] = R[32] + 1 | 0; if ((q1$ - q | 0) !== 15) { fr = was1$1; fb = 0; fk = 5; } XI[0] = i$58; XI[1] = i$59; XI[2] = i$60; XI[3] = i$61; XI[4] = i$53; XI[5] = i$54; XI[6] = i$56; XI[7] = i$57; XI[8] = V.getInt32(a$66 >>> 0, true); XI[9] = V.getInt32(a$66 + 4 >>> 0, true); XI[10] = V.getInt32(a$66 + 8 >>> 0, true); XI[11] = V.getInt32(a$66 + 12 >>> 0, true); XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = i$62; XI[21] = i$63; XI[22] = i$64; XI[23] = i$65; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = 16777251; break bail; }
          V.setFloat32(a$79 >>> 0, s$75, true);V.setFloat32(a$79 + 4 >>> 0, s$76, true); V.setFloat32(a$79 + 8 >>> 0, s$77, true);V.setFloat32(a$79 + 12 >>> 0, s$78, true);
          // 100002d ADD
          const a$81 = r6;
          const r$82 = ((a$81 + 32) | 0);
          r6 = r$82;
          // 1000030 DEC
          const a$83 = r1;
          const r$84 = ((a$83 - 1) | 0);
          r1 = r$84;
          // 1000031 Jcc
          if (!(r$84 === 0)) {
            XF[8] = s$75; XF[9] = s$76;
            XF[10] = s$77; XF[11] = s$78;
            xi0 = i$58; xi1 = i$59; xi2 = i$60; xi3 = i$61; xi4 = i$53; xi5 = i$54; xi6 = i$56; xi7 = i$57; xi20 = i$62; xi21 = i$63; xi22 = i$64; xi23 = i$65;
            fa = (((r$82 >>> 0 < 32 ? 1 : 0) | ((((a$83 ^ r$84) >>> 4) & 1) << 4)) | (((a$83 & (~r$84)) >>> 31) << 11));
            continue L1;
          }
          // 1000033 RET
          const a$86 = r4;
          let v$87 = 0;
          if ((a$86 & 3) !== 0 && (a$86 & 4095) > 4092 && (P[a$86 >>> 12] & P[a$86 + 3 >>> 12] & 1) === 0 || (v$87 = V.getInt32(a$86 >>> 0, true)) === 0 && (P[a$86 >>> 12] & 1) === 0) { fk = 5; fa = (((r$82 >>> 0 < 32 ? 1 : 0) | ((((a$83 ^ r$84) >>> 4) & 1) << 4)) | (((a$83 & (~r$84)) >>> 31) << 11)); fb = 0; fr = r$84; XI[0] = i$58; XI[1] = i$59; XI[2] = i$60; XI[3] = i$61; XI[4] = i$53; XI[5] = i$54; XI[6] = i$56; XI[7] = i$57; XF[8] = s$75; XF[9] = s$76; XF[10] = s$77; XF[11] = s$78; XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = i$62; XI[21] = i$63; XI[22] = i$64; XI[23] = i$65; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = 16777267; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = (((r$82 >>> 0 < 32 ? 1 : 0) | ((((a$83 ^ r$84) >>> 4) & 1) << 4)) | (((a$83 & (~r$84)) >>> 31) << 11)); fb = 0; fr = r$84; XI[0] = i$58; XI[1] = i$59; XI[2] = i$60; XI[3] = i$61; XI[4] = i$53; XI[5] = i$54; XI[6] = i$56; XI[7] = i$57; XF[8] = s$75; XF[9] = s$76; XF[10] = s$77; XF[11] = s$78; XF[16] = xf16; XF[17] = xf17; XF[18] = xf18; XF[19] = xf19; XI[20] = i$62; XI[21] = i$63; XI[22] = i$64; XI[23] = i$65; XF[24] = xf24; XF[25] = xf25; XF[26] = xf26; XF[27] = xf27; XI[28] = xi28; XI[29] = xi29; XI[30] = xi30; XI[31] = xi31; pc = v$87; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}

// R[28] = 1 enters it at 1000007
function vectors() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13], lp = Q.least32(), mi = VF.mode & 3;
  let xq0 = Q.zero(), xq1 = Q.zero(), xq2 = Q.zero(), xq4 = Q.zero(), xq5 = Q.zero(), xq6 = Q.zero(), xq7 = Q.zero();
  let q = 100000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        B1: {
          if (e !== 0) rare: {
            if (e === 1) {
              e = 0;
              const q$0 = XQ[0];
              const q$1 = XQ[1];
              const q$2 = XQ[2];
              const q$3 = XQ[4];
              const q$4 = XQ[5];
              const q$5 = XQ[6];
              const q$6 = XQ[7];
              xq0 = q$0; xq1 = q$1; xq2 = q$2; xq4 = q$3; xq5 = q$4; xq6 = q$5; xq7 = q$6;
              break B1;
            }
          }
          // 1000000 PXOR
          // 1000004 MOVAPS
          const a$7 = r7;
          if ((a$7 & 15) !== 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
          if ((P[a$7 >>> 12] & 1) === 0) { XI[28] = 0; XI[29] = 0; XI[30] = 0; XI[31] = 0; pc = 16777220; break bail; }
          const q$8 = XQ[0];
          const q$9 = XQ[1];
          const q$10 = XQ[2];
          const q$11 = XQ[4];
          const q$12 = XQ[5];
          const q$13 = Q.v128_load(a$7 >>> 0);
          const q$14 = Q.zero();
          xq0 = q$8; xq1 = q$9; xq2 = q$10; xq4 = q$11; xq5 = q$12; xq6 = q$13; xq7 = q$14;
          break B1;
        }
        const q1$ = q;
        let t$15 = 0;
        A1: for (;;) {
          if ((q = q - 15 | 0) < 0) { if ((q1$ - q | 0) !== 15) { fr = r1; fb = 0; fk = 5; } XQ[0] = xq0; XQ[1] = xq1; XQ[2] = xq2; XQ[4] = xq4; XQ[5] = xq5; XQ[6] = xq6; XQ[7] = xq7; pc = 16777223; break slice; }
          let t$16 = 20000;
          const a$17 = (r6 + 0 | 0);
          if ((a$17 & 15) !== 0) { if ((q1$ - q | 0) !== 15) { fr = r1; fb = 0; fk = 5; } XQ[0] = xq0; XQ[1] = xq1; XQ[2] = xq2; XQ[4] = xq4; XQ[5] = xq5; XQ[6] = xq6; XQ[7] = xq7; pc = 16777223; break bail; }
          const a$18 = (r6 + 16 | 0);
          if ((P[a$18 >>> 12]) >= 0) { if ((q1$ - q | 0) !== 15) { fr = r1; fb = 0; fk = 5; } XQ[0] = xq0; XQ[1] = xq1; XQ[2] = xq2; XQ[4] = xq4; XQ[5] = xq5; XQ[6] = xq6; XQ[7] = xq7; pc = 16777223; break bail; }
          const o$19 = (4080 - (a$18 & 4095)) >> 5;
          if (o$19 < t$16) t$16 = o$19;
          if ((P[a$17 >>> 12] & 1) === 0) { if ((q1$ - q | 0) !== 15) { fr = r1; fb = 0; fk = 5; } XQ[0] = xq0; XQ[1] = xq1; XQ[2] = xq2; XQ[4] = xq4; XQ[5] = xq5; XQ[6] = xq6; XQ[7] = xq7; pc = 16777223; break bail; }
          const o$20 = (4080 - (a$17 & 4095)) >> 5;
          if (o$20 < t$16) t$16 = o$20;
          if (t$16 < 0) t$16 = 0;
          t$15 = q - Math.imul(t$16, 15) | 0;
          if (t$15 < 0) t$15 = 0;
          q = q + 15 | 0;
          L1: for (;;) {
            const was1$1 = r1;
            if ((q = q - 15 | 0) < t$15) rare: { q = q + 15 | 0; continue A1; }
            // 1000007 MOVDQA
            const a$21 = r6;
            // 100000b MOVDQA
            const q$22 = Q.v128_load(a$21 >>> 0);
            // 100000f PUNPCKLBW
            const q$23 = Q.i8x16_shuffle(q$22, xq7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            // 1000013 PUNPCKHBW
            const q$24 = Q.i8x16_shuffle(q$22, xq7, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            // 1000017 PADDW
            const q$25 = Q.i16x8_add(q$23, q$24);
            // 100001b PADDD
            const q$26 = Q.i32x4_add(xq5, q$25);
            // 100001f MOVAPS
            const a$27 = (r6 + 16 | 0);
            // 1000023 MULPS
            const q$28 = Q.v128_load(a$27 >>> 0);
            const q$29 = Q.f32x4_mul(q$28, xq6);
            // 1000026 MAXPS
            const q$30 = Q.f32x4_pmax(xq4, q$29);
            // 1000029 MOVAPS
            const a$31 = (r6 + 16 | 0);
            const q$32 = Q.f32x4_sub(q$29, q$29);
            const q$33 = Q.v128_or(Q.f32x4_ne(q$32, q$32), Q.f32x4_ne(xq4, xq4));
            if ((Q.i32x4_bitmask(Q.v128_or(Q.v128_or(q$33, Q.f32x4_lt(Q.f32x4_pmin(Q.f32x4_pmin(Q.f32x4_mul(q$28, q$28), Q.f32x4_mul(xq6, xq6)), Q.f32x4_mul(xq4, xq4)), lp)), Q.f32x4_lt(Q.f32x4_mul(q$29, q$29), lp))) | mi) !== 0 && ((Q.i32x4_bitmask(q$33) | mi) !== 0 || Q.i32x4_bitmask(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_min_s(Q.i32x4_min_s(Q.i32x4_add(Q.i32x4_shl(q$28, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647)), Q.i32x4_add(Q.i32x4_shl(xq6, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))), Q.i32x4_add(Q.i32x4_shl(xq4, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))))) !== 0 || Q.i32x4_bitmask(Q.v128_andnot(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_add(Q.i32x4_shl(q$29, 1), Q.words(-2147483648, -2147483648, -2147483648, -2147483648))), Q.v128_or(Q.f32x4_eq(q$28, Q.zero()), Q.f32x4_eq(xq6, Q.zero())))) !== 0)) { if (Q.i32x4_bitmask(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_min_s(Q.i32x4_min_s(Q.i32x4_add(Q.i32x4_shl(q$28, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647)), Q.i32x4_add(Q.i32x4_shl(xq6, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))), Q.i32x4_add(Q.i32x4_shl(xq4, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))))) !== 0 || Q.i32x4_bitmask(Q.v128_andnot(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_add(Q.i32x4_shl(q$29, 1), Q.words(-2147483648, -2147483648, -2147483648, -2147483648))), Q.v128_or(Q.f32x4_eq(q$28, Q.zero()), Q.f32x4_eq(xq6, Q.zero())))) !== 0) R[32] = R[32] + 1 | 0; if ((q1$ - q | 0) !== 15) { fr = was1$1; fb = 0; fk = 5; } XQ[0] = q$25; XQ[1] = q$24; XQ[2] = q$28; XQ[4] = xq4; XQ[5] = q$26; XQ[6] = xq6; XQ[7] = xq7; pc = 16777251; break bail; }
            Q.v128_store(a$31 >>> 0, q$30);
            // 100002d ADD
            const a$34 = r6;
            const r$35 = ((a$34 + 32) | 0);
            r6 = r$35;
            // 1000030 DEC
            const a$36 = r1;
            const r$37 = ((a$36 - 1) | 0);
            r1 = r$37;
            // 1000031 Jcc
            if (!(r$37 === 0)) {
              xq0 = q$25; xq1 = q$24; xq2 = q$30; xq5 = q$26;
              fa = (((r$35 >>> 0 < 32 ? 1 : 0) | ((((a$36 ^ r$37) >>> 4) & 1) << 4)) | (((a$36 & (~r$37)) >>> 31) << 11));
              continue L1;
            }
            // 1000033 RET
            const a$39 = r4;
            let v$40 = 0;
            if ((a$39 & 3) !== 0 && (a$39 & 4095) > 4092 && (P[a$39 >>> 12] & P[a$39 + 3 >>> 12] & 1) === 0 || (v$40 = V.getInt32(a$39 >>> 0, true)) === 0 && (P[a$39 >>> 12] & 1) === 0) { fk = 5; fa = (((r$35 >>> 0 < 32 ? 1 : 0) | ((((a$36 ^ r$37) >>> 4) & 1) << 4)) | (((a$36 & (~r$37)) >>> 31) << 11)); fb = 0; fr = r$37; XQ[0] = q$25; XQ[1] = q$24; XQ[2] = q$30; XQ[4] = xq4; XQ[5] = q$26; XQ[6] = xq6; XQ[7] = xq7; pc = 16777267; break bail; }
            r4 = r4 + 4 | 0;
            fk = 5; fa = (((r$35 >>> 0 < 32 ? 1 : 0) | ((((a$36 ^ r$37) >>> 4) & 1) << 4)) | (((a$36 & (~r$37)) >>> 31) << 11)); fb = 0; fr = r$37; XQ[0] = q$25; XQ[1] = q$24; XQ[2] = q$30; XQ[4] = xq4; XQ[5] = q$26; XQ[6] = xq6; XQ[7] = xq7; pc = v$40; break next;
          }}
      }
      R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 100000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
  // any bits
}
