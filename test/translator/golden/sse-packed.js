function block() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6], r7 = R[7], mx = VF.mode;
  let pc = 0;
  bail: {
    // 1000000 MOVUPS
    const a$0 = r6;
    if ((a$0 & 15) !== 0 && (a$0 & 4095) > 4080 && (P[a$0 >>> 12] & P[a$0 + 15 >>> 12]) >= 0 || P[a$0 >>> 12] >= 0) { pc = 16777216; break bail; }
    // 1000003 MULPS
    const s$1 = V.getFloat32(a$0 >>> 0, true);
    const s$2 = XF[4];
    const r0$3 = Math.fround((s$1 * s$2));
    const s$4 = V.getFloat32(a$0 + 4 >>> 0, true);
    const s$5 = XF[5];
    const r1$6 = Math.fround((s$4 * s$5));
    const s$7 = V.getFloat32(a$0 + 8 >>> 0, true);
    const s$8 = XF[6];
    const r2$9 = Math.fround((s$7 * s$8));
    const s$10 = V.getFloat32(a$0 + 12 >>> 0, true);
    const s$11 = XF[7];
    const r3$12 = Math.fround((s$10 * s$11));
    // 1000006 MOVDQU
    const a$13 = r7;
    if ((a$13 & 15) !== 0 && (a$13 & 4095) > 4080 && (P[a$13 >>> 12] & P[a$13 + 15 >>> 12]) >= 0 || P[a$13 >>> 12] >= 0) { XI[0] = V.getInt32(a$0 >>> 0, true); XI[1] = V.getInt32(a$0 + 4 >>> 0, true); XI[2] = V.getInt32(a$0 + 8 >>> 0, true); XI[3] = V.getInt32(a$0 + 12 >>> 0, true); pc = 16777219; break bail; }
    // 100000a PADDD
    const i$14 = V.getInt32(a$13 >>> 0, true);
    const i$15 = XI[12];
    const i$16 = (i$14 + i$15) | 0;
    const i$17 = V.getInt32(a$13 + 4 >>> 0, true);
    const i$18 = XI[13];
    const i$19 = (i$17 + i$18) | 0;
    const i$20 = V.getInt32(a$13 + 8 >>> 0, true);
    const i$21 = XI[14];
    const i$22 = (i$20 + i$21) | 0;
    const i$23 = V.getInt32(a$13 + 12 >>> 0, true);
    const i$24 = XI[15];
    const i$25 = (i$23 + i$24) | 0;
    // 100000e PSHUFD
    // 1000013 MOVUPS
    const a$26 = r6;
    const d$27 = r0$3 + r1$6 + r2$9 + r3$12;
    if (!((d$27 - d$27) >= mx) || Math.abs(s$1) < 9.860761315262648e-32 && s$1 !== 0 || Math.abs(s$2) < 9.860761315262648e-32 && s$2 !== 0 || Math.abs(s$4) < 9.860761315262648e-32 && s$4 !== 0 || Math.abs(s$5) < 9.860761315262648e-32 && s$5 !== 0 || Math.abs(s$7) < 9.860761315262648e-32 && s$7 !== 0 || Math.abs(s$8) < 9.860761315262648e-32 && s$8 !== 0 || Math.abs(s$10) < 9.860761315262648e-32 && s$10 !== 0 || Math.abs(s$11) < 9.860761315262648e-32 && s$11 !== 0 || Math.abs(r0$3) < 9.860761315262648e-32 && s$1 !== 0 && s$2 !== 0 || Math.abs(r1$6) < 9.860761315262648e-32 && s$4 !== 0 && s$5 !== 0 || Math.abs(r2$9) < 9.860761315262648e-32 && s$7 !== 0 && s$8 !== 0 || Math.abs(r3$12) < 9.860761315262648e-32 && s$10 !== 0 && s$11 !== 0) { if (Math.abs(s$1) < 9.860761315262648e-32 && s$1 !== 0 || Math.abs(s$2) < 9.860761315262648e-32 && s$2 !== 0 || Math.abs(s$4) < 9.860761315262648e-32 && s$4 !== 0 || Math.abs(s$5) < 9.860761315262648e-32 && s$5 !== 0 || Math.abs(s$7) < 9.860761315262648e-32 && s$7 !== 0 || Math.abs(s$8) < 9.860761315262648e-32 && s$8 !== 0 || Math.abs(s$10) < 9.860761315262648e-32 && s$10 !== 0 || Math.abs(s$11) < 9.860761315262648e-32 && s$11 !== 0 || Math.abs(r0$3) < 9.860761315262648e-32 && s$1 !== 0 && s$2 !== 0 || Math.abs(r1$6) < 9.860761315262648e-32 && s$4 !== 0 && s$5 !== 0 || Math.abs(r2$9) < 9.860761315262648e-32 && s$7 !== 0 && s$8 !== 0 || Math.abs(r3$12) < 9.860761315262648e-32 && s$10 !== 0 && s$11 !== 0) R[32] = R[32] + 1 | 0; XI[0] = V.getInt32(a$0 >>> 0, true); XI[1] = V.getInt32(a$0 + 4 >>> 0, true); XI[2] = V.getInt32(a$0 + 8 >>> 0, true); XI[3] = V.getInt32(a$0 + 12 >>> 0, true); pc = 16777219; break bail; }
    V.setFloat32(a$26 >>> 0, r0$3, true);V.setFloat32(a$26 + 4 >>> 0, r1$6, true); V.setFloat32(a$26 + 8 >>> 0, r2$9, true);V.setFloat32(a$26 + 12 >>> 0, r3$12, true);
    // 1000016 MOVDQA
    const a$28 = r7;
    if ((a$28 & 15) !== 0) { XF[0] = r0$3; XF[1] = r1$6; XF[2] = r2$9; XF[3] = r3$12; XI[8] = i$16; XI[9] = i$19; XI[10] = i$22; XI[11] = i$25; XI[16] = i$25; XI[17] = i$22; XI[18] = i$19; XI[19] = i$16; pc = 16777238; break bail; }
    V.setInt32(a$28 >>> 0, i$25, true);V.setInt32(a$28 + 4 >>> 0, i$22, true); V.setInt32(a$28 + 8 >>> 0, i$19, true);V.setInt32(a$28 + 12 >>> 0, i$16, true);
    // 100001a RET
    const a$29 = r4;
    let v$30 = 0;
    if ((a$29 & 3) !== 0 && (a$29 & 4095) > 4092 && (P[a$29 >>> 12] & P[a$29 + 3 >>> 12] & 1) === 0 || (v$30 = V.getInt32(a$29 >>> 0, true)) === 0 && (P[a$29 >>> 12] & 1) === 0) { XF[0] = r0$3; XF[1] = r1$6; XF[2] = r2$9; XF[3] = r3$12; XI[8] = i$16; XI[9] = i$19; XI[10] = i$22; XI[11] = i$25; XI[16] = i$25; XI[17] = i$22; XI[18] = i$19; XI[19] = i$16; pc = 16777242; break bail; }
    r4 = r4 + 4 | 0;
    XF[0] = r0$3; XF[1] = r1$6; XF[2] = r2$9; XF[3] = r3$12; XI[8] = i$16; XI[9] = i$19; XI[10] = i$22; XI[11] = i$25; XI[16] = i$25; XI[17] = i$22; XI[18] = i$19; XI[19] = i$16; R[4] = r4; R[9] = v$30; return NEXT;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}

function vectors() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6], r7 = R[7], lp = Q.least32(), mi = VF.mode & 3;
  let pc = 0;
  bail: {
    // 1000000 MOVUPS
    const a$0 = r6;
    if ((a$0 & 15) !== 0 && (a$0 & 4095) > 4080 && (P[a$0 >>> 12] & P[a$0 + 15 >>> 12]) >= 0 || P[a$0 >>> 12] >= 0) { pc = 16777216; break bail; }
    // 1000003 MULPS
    const q$1 = XQ[1];
    const q$2 = Q.v128_load(a$0 >>> 0);
    const q$3 = Q.f32x4_mul(q$2, q$1);
    // 1000006 MOVDQU
    const a$4 = r7;
    if ((a$4 & 15) !== 0 && (a$4 & 4095) > 4080 && (P[a$4 >>> 12] & P[a$4 + 15 >>> 12]) >= 0 || P[a$4 >>> 12] >= 0) { XQ[0] = q$2; pc = 16777219; break bail; }
    // 100000a PADDD
    const q$5 = Q.v128_load(a$4 >>> 0);
    const q$6 = XQ[3];
    const q$7 = Q.i32x4_add(q$5, q$6);
    // 100000e PSHUFD
    const q$8 = Q.i8x16_shuffle(q$7, q$7, 28, 29, 30, 31, 24, 25, 26, 27, 20, 21, 22, 23, 16, 17, 18, 19);
    // 1000013 MOVUPS
    const a$9 = r6;
    const q$10 = Q.f32x4_sub(q$3, q$3);
    if ((Q.i32x4_bitmask(Q.v128_or(Q.v128_or(Q.f32x4_ne(q$10, q$10), Q.f32x4_lt(Q.f32x4_pmin(Q.f32x4_mul(q$2, q$2), Q.f32x4_mul(q$1, q$1)), lp)), Q.f32x4_lt(Q.f32x4_mul(q$3, q$3), lp))) | mi) !== 0 && ((Q.i32x4_bitmask(Q.f32x4_ne(q$10, q$10)) | mi) !== 0 || Q.i32x4_bitmask(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_min_s(Q.i32x4_add(Q.i32x4_shl(q$2, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647)), Q.i32x4_add(Q.i32x4_shl(q$1, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))))) !== 0 || Q.i32x4_bitmask(Q.v128_andnot(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_add(Q.i32x4_shl(q$3, 1), Q.words(-2147483648, -2147483648, -2147483648, -2147483648))), Q.v128_or(Q.f32x4_eq(q$2, Q.zero()), Q.f32x4_eq(q$1, Q.zero())))) !== 0)) { if (Q.i32x4_bitmask(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_min_s(Q.i32x4_add(Q.i32x4_shl(q$2, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647)), Q.i32x4_add(Q.i32x4_shl(q$1, 1), Q.words(2147483647, 2147483647, 2147483647, 2147483647))))) !== 0 || Q.i32x4_bitmask(Q.v128_andnot(Q.i32x4_gt_s(Q.words(-1744830464, -1744830464, -1744830464, -1744830464), Q.i32x4_add(Q.i32x4_shl(q$3, 1), Q.words(-2147483648, -2147483648, -2147483648, -2147483648))), Q.v128_or(Q.f32x4_eq(q$2, Q.zero()), Q.f32x4_eq(q$1, Q.zero())))) !== 0) R[32] = R[32] + 1 | 0; XQ[0] = q$2; pc = 16777219; break bail; }
    Q.v128_store(a$9 >>> 0, q$3);
    // 1000016 MOVDQA
    const a$11 = r7;
    if ((a$11 & 15) !== 0) { XQ[0] = q$3; XQ[2] = q$7; XQ[4] = q$8; pc = 16777238; break bail; }
    Q.v128_store(a$11 >>> 0, q$8);
    // 100001a RET
    const a$12 = r4;
    let v$13 = 0;
    if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 && (P[a$12 >>> 12] & P[a$12 + 3 >>> 12] & 1) === 0 || (v$13 = V.getInt32(a$12 >>> 0, true)) === 0 && (P[a$12 >>> 12] & 1) === 0) { XQ[0] = q$3; XQ[2] = q$7; XQ[4] = q$8; pc = 16777242; break bail; }
    r4 = r4 + 4 | 0;
    XQ[0] = q$3; XQ[2] = q$7; XQ[4] = q$8; R[4] = r4; R[9] = v$13; return NEXT;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
  // any bits
}
